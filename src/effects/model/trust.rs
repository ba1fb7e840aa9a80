//! Whose certificates are trusted: Mozilla's list, which comes with the program, or what a file says.

use super::exchange::Trouble;
use super::reply::unusable;
use std::io;
use std::path::Path;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

pub(super) fn trusting(ca_file: Option<&Path>) -> Result<TlsConfig, Trouble> {
    let roots = match ca_file {
        Some(path) => listed(path)?,
        None => RootCerts::WebPki,
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn listed(path: &Path) -> Result<RootCerts, Trouble> {
    let wrong =
        |why: &str| unusable(format!("can't be trusted: the certificates in {} {why}", path.display()));
    let text = read(path).map_err(|error| wrong(&format!("can't be read: {error}")))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(wrong(&format!("can't be read: {error}"))),
        }
    }
    if certificates.is_empty() {
        return Err(wrong("are none in PEM"));
    }
    Ok(RootCerts::from(certificates))
}

#[expect(clippy::disallowed_methods, reason = "reads the certificates that the configuration names")]
fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}
