//! Asks the linker for a program that takes little memory: what a server runs lies together (`scripts/warm.ld`), and what
//! is relocated at its start is told in few bytes. Where the linker or the loader can't, the program is the same and only
//! larger in memory.

#![expect(clippy::disallowed_methods, reason = "a build script is told and tells by these")]

use std::env::var_os;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const SCRIPT: &str = "scripts/warm.ld";

fn main() {
    println!("cargo::rerun-if-changed={SCRIPT}");
    let is = |name: &str, value: &str| var_os(name).is_some_and(|found| found == value);
    if !is("PROFILE", "release") || !is("CARGO_CFG_TARGET_OS", "linux") {
        return;
    }
    // From the package's folder, where linking begins: an absolute path would make each checkout build anew.
    let arguments = [format!("-Wl,-T,{SCRIPT}"), "-Wl,-z,pack-relative-relocs".to_owned()];
    for argument in arguments.iter().filter(|argument| works_with(argument).is_some()) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

/// Whether a program that does nothing can be linked with this argument, and does it.
fn works_with(argument: &str) -> Option<()> {
    let folder = PathBuf::from(var_os("OUT_DIR")?);
    let source = folder.join("nothing.rs");
    std::fs::write(&source, "fn main() {}").ok()?;
    let mut compiler = Command::new(var_os("RUSTC")?);
    let program = folder.join("nothing");
    compiler.arg(&source).arg("-o").arg(&program).arg("--target").arg(var_os("TARGET")?);
    compiler.arg("-C").arg(format!("link-arg={argument}"));
    if let Some(linker) = var_os("RUSTC_LINKER") {
        let mut chosen = OsString::from("linker=");
        chosen.push(linker);
        compiler.arg("-C").arg(chosen);
    }
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    compiler.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    compiler.stdout(Stdio::null()).stderr(Stdio::null());
    let is_linked = compiler.status().ok()?.success();
    let works = is_linked && Command::new(program).status().ok()?.success();
    works.then_some(())
}
