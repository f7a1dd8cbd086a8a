//! `#[derive(Choice)]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, LitStr, Result};

use crate::attributes::{doc, kebab};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(name, "a choice is an enum without fields"));
    };
    let mut words = Vec::new();
    for variant in &data.variants {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(variant, "a choice has no fields"));
        }
        if doc(&variant.attrs).is_empty() {
            return Err(Error::new_spanned(variant, "a choice needs a doc comment"));
        }
        let given = variant.attrs.iter().find(|attribute| attribute.path().is_ident("choice"));
        words.push(match given {
            Some(attribute) => attribute.parse_args::<LitStr>()?.value(),
            None => kebab(&variant.ident.to_string()),
        });
    }
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let wants = format!("one of {}", quoted.join(", "));
    let type_name = kebab(&name.to_string());
    Ok(quote! {
        impl #name {
            /// Every word, in the order of declaration.
            pub const WORDS: &'static [&'static str] = &[#(#words),*];

            /// The word in the language.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { #(Self::#variants => #words),* }
            }
        }

        impl ::hlc_schema::Scalar for #name {
            const TYPE: ::hlc_schema::TypeDecl =
                ::hlc_schema::TypeDecl { name: #type_name, wants: #wants, choices: &[#(#words),*], expr: false };

            fn from_value(value: &::hlc_schema::DataValue) -> ::core::result::Result<Self, ::hlc_schema::scalar::Mismatch> {
                let word = if let ::hlc_schema::DataValue::String(word) = value { word.as_str() } else { "" };
                match word {
                    #(#words => Ok(Self::#variants),)*
                    _ => Err(::hlc_schema::setting::no_choice(value, &[#(#words),*])),
                }
            }

            fn to_value(&self) -> ::hlc_schema::DataValue {
                ::hlc_schema::DataValue::string(self.word())
            }
        }
    })
}
