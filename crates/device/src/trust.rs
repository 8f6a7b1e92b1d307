//! Whom this device believes to be headquarters.
//!
//! Where its invitation named a key, that key and no other: a certificate that shows it may be of anybody's making, for any name
//! and any time, and one that an authority vouches for is refused without it. Else the web's authorities vouch, the same on
//! every system, since their list comes with the app (ADR 33).

use crate::error::{Error, Result};
use blon_core::error::Code;
use blon_core::invitation::Pin;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What a line to headquarters needs to speak TLS: it trusts this key alone, or the web's authorities.
///
/// # Errors
/// An internal error if the cryptography that came with the app is not there.
pub fn config(pin: Option<Pin>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let pinned = pin.map(|pin| Arc::new(Pinned::new(pin, &provider)));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Internal(e.to_string()))?;
    let config = match pinned {
        Some(pinned) => builder.dangerous().with_custom_certificate_verifier(pinned).with_no_client_auth(),
        None => {
            let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    Ok(config)
}

/// Accepts one key, whatever the certificate around it says.
#[derive(Debug)]
struct Pinned {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Pinned {
    fn new(pin: Pin, provider: &CryptoProvider) -> Self {
        Pinned { pin, algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let key = ParsedCertificate::try_from(shown)?.subject_public_key_info();
        if Pin::from_bytes(Sha256::digest(key).into()) == self.pin {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    // That whoever shows the certificate has its key, too, is what these two are about.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The error of a line on which whoever answered was not believed, if that is what `error` is about: nothing was sent then.
pub fn refused(error: &(dyn std::error::Error + 'static), pinned: bool) -> Option<Error> {
    let why = certificate_error(error)?;
    Some(if pinned {
        Error::told(
            Code::ServerKeyWrong,
            "who answers does not show the key that the invitation named; nothing was sent",
        )
    } else {
        Error::told(
            Code::ServerUntrusted,
            format!("nobody vouches for who answers ({why}); nothing was sent"),
        )
    })
}

fn certificate_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        // An I/O error stands around another and gives the source of that as its own.
        let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let found = within.and_then(|within| within.downcast_ref()).or_else(|| error.downcast_ref());
        if let Some(
            found @ (rustls::Error::InvalidCertificate(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::UnsupportedNameType),
        ) = found
        {
            return Some(found);
        }
        next = within.map(|within| within as &(dyn std::error::Error + 'static)).or_else(|| error.source());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};

    fn pin_of(key: &KeyPair) -> Pin {
        use rcgen::PublicKeyData;
        Pin::from_bytes(Sha256::digest(key.subject_public_key_info()).into())
    }

    fn believes(pin: Pin, certificate: &CertificateDer<'_>, name: &str) -> bool {
        let pinned = Pinned::new(pin, &ring::default_provider());
        let name = ServerName::try_from(name.to_owned()).unwrap();
        pinned.verify_server_cert(certificate, &[], &name, &[], UnixTime::now()).is_ok()
    }

    #[test]
    fn the_key_is_believed_whatever_stands_around_it_and_no_other_whoever_vouches() {
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut asked = CertificateParams::new(["hq.example".to_owned()]).unwrap();
        let today = asked.self_signed(&own).unwrap();
        asked.not_after = date_time_ymd(2001, 1, 1);
        let expired = asked.self_signed(&own).unwrap();
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let vouched = CertificateParams::new(["hq.example".to_owned()]).unwrap();
        let (renewed, false_one) =
            (vouched.signed_by(&own, &authority).unwrap(), vouched.signed_by(&other, &authority).unwrap());
        for certificate in [&today, &expired, &renewed] {
            for name in ["hq.example", "10.0.0.1"] {
                assert!(believes(pin_of(&own), certificate.der(), name));
                assert!(!believes(pin_of(&other), certificate.der(), name));
            }
        }
        assert!(!believes(pin_of(&own), false_one.der(), "hq.example"));
        let junk = CertificateDer::from(b"no certificate".to_vec());
        assert!(!believes(pin_of(&own), &junk, "hq.example"));
    }

    #[test]
    fn what_was_not_believed_is_told_apart_from_a_line_that_is_not_there() {
        let wrong = rustls::Error::from(CertificateError::UnknownIssuer);
        let wrapped = std::io::Error::new(std::io::ErrorKind::InvalidData, std::io::Error::other(wrong));
        assert_eq!(refused(&wrapped, true).unwrap().code(), Code::ServerKeyWrong);
        assert_eq!(refused(&wrapped, false).unwrap().code(), Code::ServerUntrusted);
        let broke = std::io::Error::other(rustls::Error::HandshakeNotComplete);
        assert!(refused(&broke, true).is_none());
        assert!(refused(&std::io::Error::from(std::io::ErrorKind::ConnectionRefused), true).is_none());
    }
}
