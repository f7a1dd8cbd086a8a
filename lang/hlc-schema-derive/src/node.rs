//! `#[derive(Node)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Path, Result, Type};

use crate::attributes::{doc, kebab};

#[derive(Default)]
struct NodeOptions {
    name: Option<String>,
    id: Option<String>,
    example: String,
    annotations: Vec<String>,
    open: bool,
    attributes: Option<Path>,
    scope: Option<Ident>,
    names: Option<Ident>,
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Struct(data) = &input.data else { return Err(Error::new_spanned(ident, "a node is a struct")) };
    let Fields::Named(fields) = &data.fields else { return Err(Error::new_spanned(ident, "a node has named fields")) };
    let options = node_options(&input.attrs)?;
    let name = options.name.unwrap_or_else(|| kebab(&ident.to_string()));
    let id = options.id.unwrap_or_else(|| name.clone());
    let documentation = doc(&input.attrs);
    if documentation.is_empty() {
        return Err(Error::new_spanned(ident, "a node needs a doc comment: it is its documentation"));
    }
    let (example, annotations, open) = (options.example, options.annotations, options.open);
    let attributes = options.attributes.map_or_else(|| quote!(&[]), |path| quote!(#path));

    let mut declarations = Vec::new();
    let mut reads = Vec::new();
    let mut idents = Vec::new();
    let mut named = false;
    for field in &fields.named {
        let index = declarations.len();
        let part = read_field(field, index)?;
        declarations.extend(part.declaration);
        // Defaults come first: they are in force for everything that is read after them.
        let at = if part.comes_first { 0 } else { reads.len() };
        reads.insert(at, part.read);
        idents.insert(at, &field.ident);
        named |= part.defines_name;
    }
    let scope = options.scope.unwrap_or_else(|| Ident::new("Homelab", ident.span()));
    let names = options.names.unwrap_or_else(|| Ident::new("Any", ident.span()));
    let concept = named.then(|| {
        quote! {
            impl ::hlc_schema::Concept for #ident {
                const KIND: &'static str = #name;
                const SCOPE: ::hlc_schema::Scope = ::hlc_schema::Scope::#scope;
                const NAMES: ::hlc_schema::NameRule = ::hlc_schema::NameRule::#names;
            }
        }
    });
    Ok(quote! {
        impl ::hlc_schema::Node for #ident {
            fn decl() -> &'static ::hlc_schema::NodeDecl {
                static DECL: ::hlc_schema::NodeDecl = ::hlc_schema::NodeDecl {
                    name: #name,
                    id: #id,
                    doc: #documentation,
                    example: #example,
                    open: #open,
                    annotations: &[#(#annotations),*],
                    fields: &[#(#declarations),*],
                    attributes: #attributes,
                };
                &DECL
            }

            fn decode_as<'a>(
                decl: &'static ::hlc_schema::NodeDecl,
                source: ::hlc_schema::Source<'a>,
                cx: &mut ::hlc_schema::Cx<'a>,
            ) -> ::core::option::Option<Self> {
                let mut fields = ::hlc_schema::decode::Fields::open(decl, source, cx);
                #(let #idents = #reads;)*
                fields.close(cx);
                Some(Self { #(#idents: #idents?),* })
            }
        }
        #concept
    })
}

fn node_options(attributes: &[Attribute]) -> Result<NodeOptions> {
    let mut options = NodeOptions::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("node")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                options.name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("id") {
                options.id = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("example") {
                options.example = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.path.is_ident("annotations") {
                meta.parse_nested_meta(|inner| {
                    options.annotations.extend(inner.path.get_ident().map(ToString::to_string));
                    Ok(())
                })?;
            } else if meta.path.is_ident("open") {
                options.open = true;
            } else if meta.path.is_ident("attributes") {
                options.attributes = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("scope") {
                options.scope = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("names") {
                options.names = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error("unknown option"));
            }
            Ok(())
        })?;
    }
    Ok(options)
}

struct Part {
    declaration: Option<TokenStream>,
    read: TokenStream,
    defines_name: bool,
    comes_first: bool,
}

/// The attribute that says what a field is.
fn role(field: &Field) -> Result<(&Attribute, String)> {
    const ROLES: [&str; 10] =
        ["arg", "prop", "block", "free", "entries", "objects", "defaults", "annotated", "span", "head"];
    field
        .attrs
        .iter()
        .find_map(|attribute| {
            let ident = attribute.path().get_ident()?.to_string();
            ROLES.contains(&ident.as_str()).then_some((attribute, ident))
        })
        .ok_or_else(|| Error::new_spanned(field, "say what this is: #[arg], #[prop], #[block], #[free] …"))
}

fn read_field(field: &Field, index: usize) -> Result<Part> {
    let (attribute, role) = role(field)?;
    let Some(ident) = &field.ident else { return Err(Error::new_spanned(field, "a field needs a name")) };
    let ty = &field.ty;
    let documentation = doc(&field.attrs);
    if documentation.is_empty() {
        return Err(Error::new_spanned(field, "a field needs a doc comment: it is its documentation"));
    }
    let mut name = kebab(&ident.to_string());
    let mut default = quote!(::core::option::Option::None);
    let mut was = quote!(::core::option::Option::None);
    let mut decls = None;
    let mut members = false;
    let mut own = false;
    let mut kinds: Vec<Path> = Vec::new();
    if matches!(attribute.meta, syn::Meta::List(_)) && role != "annotated" {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                name = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.path.is_ident("default") {
                let text = meta.value()?.parse::<LitStr>()?;
                default = quote!(::core::option::Option::Some(#text));
            } else if meta.path.is_ident("was") && role != "arg" {
                let text = meta.value()?.parse::<LitStr>()?;
                was = quote!(::core::option::Option::Some(#text));
            } else if meta.path.is_ident("decls") {
                decls = Some(meta.value()?.parse::<Path>()?);
            } else if role == "block" && meta.path.is_ident("members") {
                members = true;
            } else if role == "prop" && meta.path.is_ident("own") {
                own = true;
            } else if role == "defaults" {
                kinds.push(meta.path.clone());
            } else {
                return Err(meta.error("unknown option"));
            }
            Ok(())
        })?;
    }
    let declare = |kind: TokenStream, required: TokenStream| {
        Some(quote! {
            ::hlc_schema::FieldDecl { name: #name, doc: #documentation, kind: #kind, required: #required, default: #default,
                members: #members, own: #own, was: #was }
        })
    };
    let setting = quote!(<#ty as ::hlc_schema::Setting>);
    let wrapper = outer(ty);
    Ok(match role.as_str() {
        "arg" => {
            let kind = if wrapper == "Vec" { quote!(Arguments) } else { quote!(Argument) };
            Part {
                declaration: declare(
                    quote!(::hlc_schema::FieldKind::#kind(#setting::TYPE)),
                    quote!(#setting::REQUIRED),
                ),
                read: quote!(fields.argument::<#ty>(#index, cx)),
                defines_name: wrapper == "Def",
                comes_first: false,
            }
        }
        "prop" => {
            let kind = if wrapper == "Vec" { quote!(Properties) } else { quote!(Property) };
            Part {
                declaration: declare(
                    quote!(::hlc_schema::FieldKind::#kind(#setting::TYPE)),
                    quote!(#setting::REQUIRED),
                ),
                read: quote!(fields.setting::<#ty>(#index, cx)),
                defines_name: false,
                comes_first: false,
            }
        }
        "block" => {
            let inner = argument(ty).unwrap_or(ty);
            if members && wrapper != "Vec" {
                return Err(Error::new_spanned(ty, "members are a Vec"));
            }
            let (kind, read, required) = match wrapper.as_str() {
                "Vec" if members => (quote!(Blocks), quote!(fields.members::<#inner>(#index, cx)), false),
                "Vec" => (quote!(Blocks), quote!(fields.blocks::<#inner>(#index, cx)), false),
                "Option" => (quote!(Block), quote!(fields.block::<#inner>(#index, cx)), false),
                _ => (quote!(Block), quote!(fields.required_block::<#ty>(#index, cx)), true),
            };
            let inner = if required { ty } else { inner };
            Part {
                declaration: declare(
                    quote!(::hlc_schema::FieldKind::#kind(<#inner as ::hlc_schema::Node>::decl)),
                    quote!(#required),
                ),
                read,
                defines_name: false,
                comes_first: false,
            }
        }
        "free" => Part {
            declaration: declare(quote!(::hlc_schema::FieldKind::Free), quote!(false)),
            read: if wrapper == "Layers" { quote!(fields.layers(#index, cx)) } else { quote!(fields.free(#index, cx)) },
            defines_name: false,
            comes_first: false,
        },
        "entries" => Part {
            declaration: Some(quote! {
                ::hlc_schema::FieldDecl {
                    name: "", doc: #documentation, kind: ::hlc_schema::FieldKind::Free, required: false,
                    default: ::core::option::Option::None, members: false, own: false,
                    was: ::core::option::Option::None,
                }
            }),
            read: quote!(fields.entries(cx)),
            defines_name: false,
            comes_first: false,
        },
        "objects" => Part {
            declaration: Some(quote! {
                ::hlc_schema::FieldDecl {
                    name: "", doc: #documentation, kind: ::hlc_schema::FieldKind::Objects, required: false,
                    default: ::core::option::Option::None, members: false, own: false,
                    was: ::core::option::Option::None,
                }
            }),
            read: quote!(Some(fields.objects(cx))),
            defines_name: false,
            comes_first: false,
        },
        "defaults" => {
            let (decls, read) = match (decls, kinds.is_empty()) {
                (Some(decls), true) => (quote!(#decls), quote!(Some(()))),
                (None, false) => {
                    let list = quote! {
                        || {
                            static MEMBERS: ::std::sync::LazyLock<::std::vec::Vec<&'static ::hlc_schema::NodeDecl>> =
                                ::std::sync::LazyLock::new(|| ::std::vec![
                                    #(<#kinds as ::hlc_schema::Node>::decl()),*
                                ]);
                            &MEMBERS
                        }
                    };
                    let checks = quote! {
                        #((<#kinds as ::hlc_schema::Node>::decl, ::hlc_schema::decode::check_default::<#kinds>)),*
                    };
                    (list, quote!(fields.defaults(#index, &[#checks], cx)))
                }
                _ => return Err(Error::new_spanned(field, "say #[defaults(KIND, …)] or #[defaults(decls = PATH)]")),
            };
            Part {
                declaration: declare(quote!(::hlc_schema::FieldKind::Defaults(#decls)), quote!(false)),
                read,
                defines_name: false,
                comes_first: true,
            }
        }
        "annotated" => {
            let word = attribute.parse_args::<LitStr>()?;
            Part {
                declaration: None,
                read: quote!(Some(fields.annotated(#word))),
                defines_name: false,
                comes_first: false,
            }
        }
        "span" => {
            Part { declaration: None, read: quote!(Some(fields.span())), defines_name: false, comes_first: false }
        }
        _ => Part { declaration: None, read: quote!(Some(fields.head())), defines_name: false, comes_first: false },
    })
}

/// The name of a type without its path and arguments.
fn outer(ty: &Type) -> String {
    let Type::Path(path) = ty else { return String::new() };
    path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The first type argument.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments
        .args
        .iter()
        .find_map(|argument| if let syn::GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}
