//! Whose certificates are trusted: Mozilla's list, which comes with the program, or what a file says.

use super::exchange::Trouble;
use super::retry::Again;
use crate::effects::error::Error;
use std::io;
use std::path::Path;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

pub(super) fn tls(ca_file: Option<&Path>) -> Result<TlsConfig, Trouble> {
    let roots = match ca_file {
        Some(path) => listed(path)?,
        None => RootCerts::WebPki,
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn listed(path: &Path) -> Result<RootCerts, Trouble> {
    let wrong = |why: String| Trouble {
        error: Error::new("certificates", format!("is not asked: {}: {why}", path.display()))
            .hint("set `model.ca_file` to certificates in PEM: wfmcp config show"),
        again: Again::Never,
    };
    let text = read(path).map_err(|error| wrong(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(RootCerts::from(certificates))
}

#[expect(clippy::disallowed_methods, reason = "reads the certificates that the configuration names")]
fn read(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}
