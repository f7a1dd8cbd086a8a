//go:build tools

// Keeps in go.mod what is not a program: go-sarif, for its schema of SARIF.
package tools

import _ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
