//! The DuckDB extension: cargo's cdylib with the footer that DuckDB's loader reads.

use crate::{must, root, target_dir};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Builds `huntsql.duckdb_extension` and returns its path.
pub(crate) fn build(release: bool) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "huntsql-duckdb"]);
    if release {
        cargo.arg("--release");
    }
    must(&mut cargo)?;
    let profile = if release { "release" } else { "debug" };
    let library = target_dir().join(profile).join(format!("{}huntsql{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let mut bytes = std::fs::read(&library).with_context(|| format!("reading {}", library.display()))?;
    bytes.extend(footer(platform()?));
    let folder = target_dir().join(profile).join("duckdb");
    std::fs::create_dir_all(&folder)?;
    // The file name is part of the contract: DuckDB derives the entry point from it.
    let extension = folder.join("huntsql.duckdb_extension");
    std::fs::write(&extension, bytes).with_context(|| format!("writing {}", extension.display()))?;
    extension.canonicalize().with_context(|| format!("{} of {}", extension.display(), root().display()))
}

/// DuckDB's name for this machine.
fn platform() -> Result<&'static str> {
    Ok(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux_amd64",
        ("linux", "aarch64") => "linux_arm64",
        ("macos", "x86_64") => "osx_amd64",
        ("macos", "aarch64") => "osx_arm64",
        ("windows", "x86_64") => "windows_amd64",
        (os, arch) => bail!("no DuckDB platform name is known for {os} on {arch}"),
    })
}

/// The metadata that DuckDB reads from the end of the file: a WebAssembly custom-section header (so that one layout
/// serves all platforms), eight fields of 32 bytes from the eighth to the first, and room for a signature.
fn footer(platform: &str) -> Vec<u8> {
    const SIGNATURE: usize = 256;
    let fields = ["", "", "", "C_STRUCT", concat!("v", env!("CARGO_PKG_VERSION")), "v1.2.0", platform, "4"];
    let mut footer = vec![0x00, 0x93, 0x04, 0x10];
    footer.extend_from_slice(b"duckdb_signature");
    footer.extend_from_slice(&[0x80, 0x04]);
    for field in fields {
        let mut padded = [0; 32];
        for (to, from) in padded.iter_mut().zip(field.bytes()) {
            *to = from;
        }
        footer.extend_from_slice(&padded);
    }
    footer.extend_from_slice(&[0; SIGNATURE]);
    footer
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_footer_has_the_length_that_duckdb_expects() {
        let footer = super::footer("linux_amd64");
        assert_eq!(footer.len(), 22 + 8 * 32 + 256);
        assert_eq!(&footer[22 + 7 * 32..][..2], b"4\0");
    }
}
