//! TLS of headquarters' own: a certificate and its key from two files, read again when told to, without a restart.
//!
//! What devices are told of it is the key alone ([`Pin`], ADR 33): a certificate may be renewed as often as one likes, as long
//! as its key stays.

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::invitation::Pin;
use chrono::{Datelike, Utc};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The years that a certificate of [`SelfSigned`] is good for. Devices that know its key do not look; browsers do.
const YEARS: i32 = 10;

/// The certificate that is shown now, and where it comes from.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

/// What every handshake shows.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads a certificate with its chain, and its key, both in PEM. Nothing but HTTP/1.1 is spoken over it.
    ///
    /// # Errors
    /// `bad_input` that names the file which is not there or not what it should be, or says that they do not belong together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self> {
        let shown = Arc::new(Shown(RwLock::new(Arc::new(certified(certificate, key)?))));
        let inside = |e: rustls::Error| Error::Internal(e.to_string());
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(inside)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        Ok(Tls { certificate, key, shown, config: Arc::new(config) })
    }

    /// Names the key that is shown now.
    ///
    /// # Errors
    /// `bad_input` for a certificate that cannot be read.
    pub fn pin(&self) -> Result<Pin> {
        let shown = Arc::clone(&self.shown.0.read().unwrap_or_else(PoisonError::into_inner));
        shown
            .end_entity_cert()
            .map_err(|e| wrong(&self.certificate, e))
            .and_then(|c| pin(c, &self.certificate))
    }

    /// Reads both files again: new connections are shown what is in them. Where they are wrong, what was shown goes on.
    ///
    /// # Errors
    /// As for [`Tls::read`].
    pub fn reload(&self) -> Result<()> {
        let anew = Arc::new(certified(&self.certificate, &self.key)?);
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = anew;
        Ok(())
    }

    /// What a listener needs.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

fn wrong(file: &Path, why: impl std::fmt::Display) -> Error {
    Error::told(Code::BadInput, format!("{}: {why}", file.display()))
}

fn certified(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|e| wrong(certificate, e))?;
    let Some(first) = chain.first() else {
        return Err(wrong(certificate, "there is no certificate in it"));
    };
    pin(first, certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| wrong(key, e))?;
    let provider: CryptoProvider = default_provider();
    CertifiedKey::from_der(chain, secret, &provider).map_err(|e| match e {
        rustls::Error::InconsistentKeys(_) => {
            wrong(key, format!("this is not the key of {}", certificate.display()))
        }
        other => wrong(key, other),
    })
}

fn pin(certificate: &CertificateDer<'_>, file: &Path) -> Result<Pin> {
    let parsed = ParsedCertificate::try_from(certificate).map_err(|e| wrong(file, e))?;
    Ok(Pin::from_bytes(Sha256::digest(parsed.subject_public_key_info()).into()))
}

/// A certificate that nobody vouches for: enough where devices are told its key, for offices without an authority of their own.
#[derive(Debug, Clone, Serialize)]
pub struct SelfSigned {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM, for its owner alone.
    pub key: PathBuf,
    /// Names the key.
    pub pin: Pin,
}

impl SelfSigned {
    /// Makes `cert.pem` and `key.pem` in this folder, for these host names or addresses.
    ///
    /// # Errors
    /// `file_exists` if one of them is there already, `bad_input` for what is no name; an internal error if the folder cannot be
    /// written to.
    pub fn make(folder: &Path, names: &[String]) -> Result<Self> {
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        if let Some(there) = [&certificate, &key].into_iter().find(|path| path.exists()) {
            return Err(Error::told(Code::FileExists, format!("{} is there already", there.display())));
        }
        let inside = |e: rcgen::Error| Error::Internal(e.to_string());
        let mut asked = CertificateParams::new(names)
            .map_err(|e| Error::told(Code::BadInput, format!("{names:?}: {e}")))?;
        if let Some(first) = names.first() {
            asked.distinguished_name.push(DnType::CommonName, first.as_str());
        }
        let today = Utc::now().year();
        (asked.not_before, asked.not_after) =
            (date_time_ymd(today - 1, 1, 1), date_time_ymd(today + YEARS, 1, 1));
        let secret = KeyPair::generate().map_err(inside)?;
        let made = asked.self_signed(&secret).map_err(inside)?;
        std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, e))?;
        write_private(&key, &secret.serialize_pem())?;
        write_private(&certificate, &made.pem())?;
        let pin = pin(made.der(), &certificate)?;
        Ok(SelfSigned { certificate, key, pin })
    }
}

/// Writes a new file that only its owner reads, where the system knows owners.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|e| Error::file(path, e))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| Error::file(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_served_and_named_by_its_key_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["hq.example".to_owned(), "127.0.0.1".to_owned()];
        let made = SelfSigned::make(folder.path(), &names).unwrap();
        let tls = Tls::read(&made.certificate, &made.key).unwrap();
        assert_eq!(tls.pin().unwrap(), made.pin);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&made.key).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(SelfSigned::make(folder.path(), &names).unwrap_err().code(), Code::FileExists);
    }

    #[test]
    fn files_that_are_wrong_are_named_and_what_was_shown_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let names = ["hq.example".to_owned()];
        let (one, other) =
            (SelfSigned::make(&one, &names).unwrap(), SelfSigned::make(&other, &names).unwrap());
        let told = |certificate: &Path, key: &Path| {
            let error = Tls::read(certificate, key).err().unwrap();
            assert_eq!(error.code(), Code::BadInput, "{error}");
            error.to_string()
        };
        assert!(told(&folder.path().join("none.pem"), &one.key).contains("none.pem"));
        assert!(told(&one.key, &one.key).contains("there is no certificate"));
        assert!(told(&one.certificate, &one.certificate).contains("one/cert.pem"));
        assert!(told(&one.certificate, &other.key).contains("not the key of"));
        let tls = Tls::read(&one.certificate, &one.key).unwrap();
        let whole = std::fs::read(&one.key).unwrap();
        std::fs::write(&one.key, "junk").unwrap();
        assert!(tls.reload().is_err());
        assert_eq!(tls.pin().unwrap(), one.pin);
        std::fs::copy(&other.certificate, &one.certificate).unwrap();
        std::fs::copy(&other.key, &one.key).unwrap();
        tls.reload().unwrap();
        assert_eq!(tls.pin().unwrap(), other.pin);
        assert!(!whole.is_empty());
    }
}
