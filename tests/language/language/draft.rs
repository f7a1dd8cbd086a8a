//! A large text of the language, written before the compiler: all of it must parse.

use hlc_tests_language::project;
use libtest_mimic::Trial;

use crate::needs_shared;

pub(crate) fn trials() -> Vec<Trial> {
    vec![needs_shared("draft::parses", "language/draft", |folder| {
        let files = project(&folder);
        let mut faults = String::new();
        for path in files.paths() {
            let text = hlc_model::Inputs::read(&files, path).unwrap();
            let mut sources = hlc_diag::Sources::default();
            let file = sources.add(path, text.clone());
            let parsed = hlc_syntax::parse(file, text);
            faults.push_str(&hlc_diag::render::human_string(&sources, &parsed.diagnostics));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
    })]
}
