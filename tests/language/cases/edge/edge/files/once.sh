#!/bin/bash
echo once
