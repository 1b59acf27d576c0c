//! Connects to a server to see which certificates it shows. Nothing is verified: the sites that one looks at in this way are those that fail.

use crate::config::Http;
use crate::http::Failure;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, ProtocolVersion, SignatureScheme};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a server shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Its certificate, in DER.
    pub(super) certificate: Vec<u8>,
    /// How many certificates it shows, its own included.
    pub(super) chain: usize,
    /// `TLSv1.2` or `TLSv1.3`; `None` where the server breaks off before that is settled.
    pub(super) version: Option<&'static str>,
}

/// Accepts every certificate and remembers it.
#[derive(Debug)]
struct Look {
    provider: Arc<CryptoProvider>,
    seen: Mutex<Option<(Vec<u8>, usize)>>,
}

impl ServerCertVerifier for Look {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((certificate.to_vec(), others.len() + 1));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Shakes hands with the server at `address`, which is told that `name` is meant, and hangs up.
pub(super) fn look(address: SocketAddr, name: ServerName<'static>, settings: &Http) -> Result<Shown, Failure> {
    let provider = Arc::new(ring::default_provider());
    let look = Arc::new(Look { provider: Arc::clone(&provider), seen: Mutex::default() });
    let wrong = |error: rustls::Error| Failure::Tls(format!("{address}: {error}"));
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(wrong)?;
    let config =
        config.dangerous().with_custom_certificate_verifier(Arc::clone(&look) as Arc<dyn ServerCertVerifier>).with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(wrong)?;
    let outcome = shake_hands(&mut connection, address, settings);
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => Some("TLSv1.2"),
        Some(ProtocolVersion::TLSv1_3) => Some("TLSv1.3"),
        _ => None,
    };
    let seen = look.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A server that shows its certificate and then wants ours, or breaks off, has shown it.
    match (seen, outcome) {
        (Some((certificate, chain)), _) => Ok(Shown { certificate, chain, version }),
        (None, Err(failure)) => Err(failure),
        (None, Ok(())) => Err(Failure::Tls(format!("{address} shows no certificate"))),
    }
}

fn shake_hands(connection: &mut ClientConnection, address: SocketAddr, settings: &Http) -> Result<(), Failure> {
    let end = Instant::now() + settings.timeout;
    let failure = |error: io::Error| match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Timeout(settings.timeout),
        io::ErrorKind::ConnectionRefused => Failure::Connect(format!("{address} refuses connections")),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Failure::Cut,
        kind => Failure::Connect(format!("{address}: {kind}")),
    };
    let mut stream = TcpStream::connect_timeout(&address, settings.connect_timeout).map_err(failure)?;
    while connection.is_handshaking() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::Timeout(settings.timeout));
        }
        let left = Some(left.max(Duration::from_millis(1)));
        stream.set_read_timeout(left).and_then(|()| stream.set_write_timeout(left)).map_err(failure)?;
        if connection.wants_write() {
            connection.write_tls(&mut stream).map_err(failure)?;
        } else {
            if connection.read_tls(&mut stream).map_err(failure)? == 0 {
                return Err(Failure::Cut);
            }
            connection.process_new_packets().map_err(|error| Failure::Tls(format!("{address}: {error}")))?;
        }
    }
    Ok(())
}
