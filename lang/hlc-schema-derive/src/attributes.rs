//! Reading attributes and names.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment, one line per `///`, without the leading space.
pub(crate) fn doc(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| {
            let Meta::NameValue(pair) = &attribute.meta else { return None };
            let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value else { return None };
            let line = text.value();
            Some(line.strip_prefix(' ').unwrap_or(&line).to_owned())
        })
        .collect();
    lines.join("\n")
}

/// `podSecurity`, `PodSecurity` and `pod_security` all become `pod-security`.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.trim_start_matches("r#").chars() {
        if c == '_' {
            kebab.push('-');
        } else if c.is_uppercase() {
            if !kebab.is_empty() && !kebab.ends_with('-') {
                kebab.push('-');
            }
            kebab.extend(c.to_lowercase());
        } else {
            kebab.push(c);
        }
    }
    kebab
}
