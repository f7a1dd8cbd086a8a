//! Every node is documented, and its example is KDL of that node.

use std::sync::Arc;

use hlc_diag::Sources;
use hlc_schema::NodeDecl;
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    hlc_model::docs::nodes()
        .into_iter()
        .map(|decl| Trial::test(format!("nodes::{}", decl.id), move || declared(decl)))
        .collect()
}

fn declared(decl: &'static NodeDecl) -> Outcome {
    if hlc_model::docs::nodes().iter().filter(|other| other.id == decl.id).count() != 1 {
        return Err("the id is used twice".into());
    }
    for (what, doc) in decl.fields.iter().map(|field| (field.name, field.doc)).chain([(decl.name, decl.doc)]) {
        let first = doc.lines().next().unwrap_or("");
        let sentence = doc.split("\n\n").next().is_some_and(|paragraph| paragraph.ends_with('.'));
        if first.is_empty() || !sentence {
            return Err(format!("`{what}` is not documented in a sentence: {first:?}").into());
        }
    }
    if let Some(field) = differs_from_members(decl) {
        return Err(format!("`{field}` is of another type in its members: it cannot be their default").into());
    }
    let mut sources = Sources::default();
    let file = sources.add("example.kdl", decl.example);
    let parsed = hlc_syntax::parse(file, Arc::from(decl.example));
    if !parsed.diagnostics.is_empty() {
        return Err(hlc_diag::render::human_string(&sources, &parsed.diagnostics).into());
    }
    let nodes: Vec<_> = parsed.document.nodes().collect();
    if nodes.len() != 1 || nodes[0].name() != decl.name {
        return Err("the example is not one node of this name".into());
    }
    let order = hlc_schema::DeclOrder::Defaults(Box::leak(Box::new([decl])));
    let laid_out = hlc_syntax::format_in_order(&parsed.document, order).unwrap();
    if laid_out.trim_end() != decl.example {
        return Err(format!("the example is not laid out as `hlc fmt` does:\n{laid_out}").into());
    }
    let mut unknown = Vec::new();
    check_names(decl, nodes[0], &mut unknown);
    if let Some(fault) = compile_alone(decl) {
        return Err(fault.into());
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(format!("the example has unknown names: {}", unknown.join(", ")).into())
    }
}

/// A field that members take from their group and that is of another type there.
fn differs_from_members(decl: &'static NodeDecl) -> Option<&'static str> {
    let form = |field: &hlc_schema::FieldDecl| {
        let of = field.kind.value_type().map(|ty| ty.name).or(field.kind.block().map(|decl| decl.name));
        (std::mem::discriminant(&field.kind), of)
    };
    decl.members().into_iter().flat_map(|member| member.fields).filter(|field| field.is_inherited()).find_map(|field| {
        let own = form(decl.field(field.name)?);
        let theirs = form(field);
        (own.0 == theirs.0 && own.1 != theirs.1).then_some(field.name)
    })
}

/// What every other node stands beside.
const HOMELAB: &str = "homelab \"home\" domain=\"example.net\" { secrets \"secrets/example.sops.yaml\" }\n";

/// The example of a node that stands at the top of a file compiles; what is wrong with it.
fn compile_alone(decl: &'static NodeDecl) -> Option<String> {
    if !hlc_model::concept::TOP_LEVEL.iter().any(|top| top().name == decl.name) {
        return None;
    }
    let text = match decl.name {
        "homelab" | "workload" | "talos" => decl.example.to_owned(),
        _ => format!("{HOMELAB}{}", decl.example),
    };
    let compilation = hlc_tests_language::example(&text);
    compilation.plan.is_none().then(|| hlc_tests_language::rendered(&compilation))
}

/// Holds an example against the declarations it uses.
fn check_names(decl: &'static NodeDecl, node: hlc_syntax::Node<'_>, unknown: &mut Vec<String>) {
    if decl.holds_entries() {
        return;
    }
    unknown.extend(
        node.props()
            .filter_map(hlc_syntax::Entry::key)
            .map(|key| key.text.into_owned())
            .filter(|key| !decl.open && decl.field(key).or(decl.member_field(key).map(|(_, field)| field)).is_none()),
    );
    for child in node.children() {
        let field = decl.field(&child.name()).or(decl.member_field(&child.name()).map(|(_, field)| field));
        match field.map(|field| field.kind) {
            Some(hlc_schema::FieldKind::Block(inner) | hlc_schema::FieldKind::Blocks(inner)) => {
                check_names(inner(), child, unknown)
            }
            Some(_) => {}
            None if decl.open => {}
            None if decl.holds_objects() && hlc_schema::decode::is_object_name(&child.name()) => {}
            None => unknown.push(child.name().into_owned()),
        }
    }
}
