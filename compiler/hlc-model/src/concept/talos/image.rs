//! Images that machines start from, made by the Image Factory.

use std::fmt::Write as _;

use hlc_schema::scalar::Mismatch;
use hlc_schema::{Choice, DataValue, Def, FreeBlock, Node, Scalar, Spanned, TypeDecl};
use sha2::{Digest, Sha256};

/// A disk image of Talos that the Image Factory makes (<https://factory.talos.dev>).
///
/// What is in it is said by its extensions, or by the id of a schematic.
#[derive(Debug, Node)]
#[node(
    name = "image",
    scope = Local,
    names = Label,
    example = r#"image "base" { extensions iscsi-tools util-linux-tools qemu-guest-agent }"#
)]
pub struct Image {
    /// The image's name.
    #[arg]
    pub name: Def<Image>,
    /// Official system extensions; those of `siderolabs/` without the prefix.
    #[prop]
    pub extensions: Vec<Spanned<String>>,
    /// The id of a schematic that the factory knows, in the place of `extensions`.
    #[prop]
    pub schematic: Option<Spanned<Schematic>>,
    /// What it is made for.
    #[prop(default = "\"nocloud\"")]
    pub platform: Option<Spanned<ImagePlatform>>,
    /// The processors it is made for.
    #[prop(default = "\"amd64\"")]
    pub arch: Option<Spanned<ImageArch>>,
    /// The form it comes in. A `raw` one is decompressed by Proxmox, which then lets only `root@pam` make disks of it.
    #[prop(default = "\"qcow2\"")]
    pub format: Option<Spanned<ImageFormat>>,
    /// Its file on the storage; by default it is made of the names of cluster and image.
    #[prop]
    pub file: Option<Spanned<String>>,
    /// What has no field, in the words of Proxmox' API for downloads.
    #[free]
    pub extra: Option<FreeBlock>,
}

/// What an image is made for (Image Factory, the platform in the path).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ImagePlatform {
    /// Virtual machines whose host gives them a first configuration.
    Nocloud,
    /// Anything that boots.
    Metal,
}

/// The processors an image is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ImageArch {
    /// 64-bit x86.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

/// The form of an image: one that both the Image Factory and Proxmox know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ImageFormat {
    /// A disk of QEMU, taken as it is.
    Qcow2,
    /// A plain disk, compressed by gzip.
    #[choice("raw.gz")]
    RawGz,
    /// A plain disk, compressed by Zstandard.
    #[choice("raw.zst")]
    RawZst,
}

impl ImageFormat {
    /// What Proxmox decompresses it with (`PVE::Storage::decompressor_info`).
    pub(crate) fn compression(self) -> Option<&'static str> {
        match self {
            Self::Qcow2 => None,
            Self::RawGz => Some("gz"),
            Self::RawZst => Some("zst"),
        }
    }
}

impl Image {
    /// The form it comes in.
    pub(crate) fn format(&self) -> ImageFormat {
        self.format.as_ref().map_or(ImageFormat::Qcow2, |format| format.value)
    }

    /// What it is made for.
    pub(crate) fn platform(&self) -> &'static str {
        self.platform.as_ref().map_or(ImagePlatform::Nocloud, |platform| platform.value).word()
    }

    /// Its extensions with their whole names, ordered.
    pub(crate) fn official_extensions(&self) -> Vec<String> {
        let whole = |name: &str| if name.contains('/') { name.to_owned() } else { format!("siderolabs/{name}") };
        let mut names: Vec<String> = self.extensions.iter().map(|name| whole(&name.value)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The id of its schematic.
    pub(crate) fn schematic_id(&self) -> String {
        self.schematic.as_ref().map_or_else(|| id(&self.official_extensions()), |id| id.value.0.clone())
    }
}

/// The id of a schematic with these extensions.
///
/// The factory takes the SHA-256 of the schematic as its own YAML writer gives it out (`Schematic.ID`): indented by four,
/// without quotes around such names.
fn id(extensions: &[String]) -> String {
    let mut text = "customization:".to_owned();
    if extensions.is_empty() {
        text.push_str(" {}\n");
    } else {
        text.push_str("\n    systemExtensions:\n        officialExtensions:\n");
    }
    for name in extensions {
        let _ = writeln!(text, "            - {name}");
    }
    Sha256::digest(text).iter().fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// The id of a schematic: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schematic(String);

impl Scalar for Schematic {
    const TYPE: TypeDecl = TypeDecl::new("schematic", "the id of a schematic, 64 hexadecimal digits");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let is_digit = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
        if text.len() != 64 {
            let reason = Some(format!("it has {} characters", text.chars().count()));
            return Err(Mismatch { reason, instead: None });
        }
        if text.chars().all(is_digit) { Ok(Self(text.as_str().to_owned())) } else { Err(Mismatch::default()) }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::id;

    /// Ids that the factory gave out.
    #[test]
    fn ids_as_the_factory_makes_them() {
        let of = |names: &[&str]| id(&names.iter().map(|name| format!("siderolabs/{name}")).collect::<Vec<_>>());
        assert_eq!(of(&[]), "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba");
        assert_eq!(
            of(&["iscsi-tools", "qemu-guest-agent", "util-linux-tools"]),
            "88d1f7a5c4f1d3aba7df787c448c1d3d008ed29cfb34af53fa0df4336a56040b"
        );
        assert_eq!(
            of(&[
                "iscsi-tools",
                "nvidia-container-toolkit-production",
                "nvidia-open-gpu-kernel-modules-production",
                "qemu-guest-agent",
                "util-linux-tools"
            ]),
            "901b9afcf2f7eda57991690fc5ca00414740cc4ee4ad516109bcc58beff1b829"
        );
    }
}
