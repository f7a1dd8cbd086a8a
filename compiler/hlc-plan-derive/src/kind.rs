//! What the derives make.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Ident, Lit, LitStr, Meta, Path, Result};

#[derive(Default)]
struct KindOptions {
    name: Option<String>,
    stack: Option<Ident>,
    identity: Option<String>,
    outputs: Option<Path>,
    protected: bool,
    create_first: bool,
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let options = options(&input.attrs)?;
    let missing = |what: &str| Error::new_spanned(ident, format!("say #[kind({what})]"));
    let name = options.name.ok_or_else(|| missing("name = \"…\""))?;
    let stack = options.stack.ok_or_else(|| missing("stack = …"))?;
    let identity = options.identity.ok_or_else(|| missing("identity = \"…\""))?;
    let documentation = documented(&input.attrs, ident)?;
    let outputs = options.outputs.map_or_else(|| quote!(&[]), |path| quote!(#path));
    let (protected, create_first) = (options.protected, options.create_first);
    let mut properties = Vec::new();
    for field in fields(input)? {
        let (name, doc) = (field_name(field)?, documented(&field.attrs, field)?);
        let (change, secrecy) = change(field)?;
        properties.push(quote! {
            ::hlc_plan::PropertyDecl {
                name: #name,
                doc: #doc,
                change: ::hlc_plan::Change::#change,
                secrecy: ::hlc_plan::Secrecy::#secrecy,
            }
        });
    }
    let inserts = inserts(input)?;
    Ok(quote! {
        impl ::hlc_plan::Kind for #ident {
            fn decl() -> &'static ::hlc_plan::KindDecl {
                static DECL: ::hlc_plan::KindDecl = ::hlc_plan::KindDecl {
                    name: #name,
                    stack: ::hlc_plan::Stack::#stack,
                    doc: #documentation,
                    identity: #identity,
                    protected: #protected,
                    create_first: #create_first,
                    properties: &[#(#properties),*],
                    outputs: #outputs,
                };
                &DECL
            }

            fn into_properties(self, at: ::hlc_diag::Span) -> ::hlc_schema::Map {
                let mut map = ::hlc_schema::Map::new();
                #(#inserts)*
                map
            }
        }
    })
}

pub(crate) fn expand_part(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    for field in fields(input)? {
        documented(&field.attrs, field)?;
    }
    let inserts = inserts(input)?;
    Ok(quote! {
        impl ::hlc_plan::Property for #ident {
            fn into_data(self, at: ::hlc_diag::Span) -> ::core::option::Option<::hlc_schema::Data> {
                let mut map = ::hlc_schema::Map::new();
                #(#inserts)*
                Some(::hlc_schema::Data::new(::hlc_schema::DataValue::Map(map), at))
            }
        }
    })
}

fn fields(input: &DeriveInput) -> Result<impl Iterator<Item = &Field>> {
    let Data::Struct(data) = &input.data else { return Err(Error::new_spanned(&input.ident, "a kind is a struct")) };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "a kind has named fields"));
    };
    Ok(fields.named.iter())
}

fn inserts(input: &DeriveInput) -> Result<Vec<TokenStream>> {
    fields(input)?
        .map(|field| {
            let (ident, name) = (&field.ident, field_name(field)?);
            Ok(quote! {
                if let Some(data) = ::hlc_plan::Property::into_data(self.#ident, at) {
                    map.insert(#name, data.span, data);
                }
            })
        })
        .collect()
}

fn field_name(field: &Field) -> Result<String> {
    let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
    Ok(ident.to_string().trim_start_matches("r#").to_owned())
}

fn options(attributes: &[Attribute]) -> Result<KindOptions> {
    let mut options = KindOptions::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("kind")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                options.name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("stack") {
                options.stack = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("identity") {
                options.identity = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("outputs") {
                options.outputs = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("protected") {
                options.protected = true;
            } else if meta.path.is_ident("create_first") {
                options.create_first = true;
            } else {
                return Err(meta.error("unknown option"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

/// What a change of the field means, and whether it may hold a secret.
fn change(field: &Field) -> Result<(Ident, Ident)> {
    let mut change = None;
    let mut secrecy = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("change")) {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?;
            match word.to_string().as_str() {
                "identity" => change = Some(Ident::new("Identity", word.span())),
                "update" => change = Some(Ident::new("Update", word.span())),
                "restart" => change = Some(Ident::new("Restart", word.span())),
                "grow" => change = Some(Ident::new("Grow", word.span())),
                "replace" => change = Some(Ident::new("Replace", word.span())),
                "create" => change = Some(Ident::new("Create", word.span())),
                "secret" => secrecy = Some(Ident::new("Secret", word.span())),
                "secrets" => secrecy = Some(Ident::new("Parts", word.span())),
                _ => {
                    let words = "one of identity, update, restart, grow, replace, create; and secret or secrets";
                    return Err(meta.error(words));
                }
            }
            Ok(())
        })?;
    }
    let change = change.ok_or_else(|| Error::new_spanned(field, "say what a change means: #[change(update)] …"))?;
    let secrecy = secrecy.unwrap_or_else(|| Ident::new("Open", change.span()));
    Ok((change, secrecy))
}

/// The doc comment; its absence is an error.
fn documented(attributes: &[Attribute], item: &impl quote::ToTokens) -> Result<String> {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    let doc = lines.join("\n").trim().to_owned();
    if doc.is_empty() { Err(Error::new_spanned(item, "this needs a doc comment")) } else { Ok(doc) }
}

/// The text of one line of a doc comment.
fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let Expr::Lit(literal) = &meta.value else { return None };
    let Lit::Str(text) = &literal.lit else { return None };
    meta.path.is_ident("doc").then(|| text.value().trim().to_owned())
}
