//! Any text: parsed, formatted, converted, compiled.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| hlc_tests_language::fuzz::check(text));
