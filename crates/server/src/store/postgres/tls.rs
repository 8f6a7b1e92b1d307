//! TLS to a database on another machine. Whoever answers there must show a certificate for the name that was asked for.

use crate::error::{Error, Result};
use blon_core::error::Code;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the file of those who may vouch for a database is called in the environment, as PostgreSQL's own programs call it.
pub const AUTHORITIES: &str = "PGSSLROOTCERT";

/// Believes those whose certificates are in this file, or else those whom this machine's system believes.
///
/// # Errors
/// `bad_input` where there is nobody to believe.
pub fn connector(authorities: Option<&Path>) -> Result<MakeRustlsConnect> {
    let told = |why: String| Error::told(Code::BadInput, format!("TLS to the database: {why}"));
    let known = match authorities {
        Some(file) => {
            let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
            read.map_err(|e| told(format!("{AUTHORITIES}, {}: {e}", file.display())))?
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(known);
    if roots.is_empty() {
        return Err(told(format!(
            "nobody is known who could vouch for it; {AUTHORITIES} names a file of such"
        )));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Internal(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
