//! A file that headquarters waits for, and what any client of tus needs to send it.

use crate::collecting::{collector, open, tell_with_file};
use crate::device::{PASSPHRASE, TestDevice};
use crate::media::{noise, sha256};
use crate::server::TestServer;
use crate::supervisor::http;
use blon_device::Device;
use blon_device::error::Error;
use blon_device::key::StoreKey;
use blon_device::store::Store;
use blon_device::view::SyncReport;
use chrono::Local;
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;

/// Syncs texts alone: stops before the first file.
///
/// # Errors
/// `sync_cancelled` where there are files to send.
pub fn sync_texts(device: &Device) -> Result<SyncReport, Error> {
    let mut heard = 0;
    device.sync(|left| {
        // First it is told what waits, then what is left once texts were exchanged.
        heard += 1;
        if heard > 1 && left.records_left == 0 && left.files_left > 0 {
            device.cancel_sync();
        }
    })
}

/// The secret of an enrolled device.
pub fn token(device: &TestDevice) -> String {
    let key = StoreKey::unwrap_with(&device.data().join("blon.key"), PASSPHRASE).unwrap();
    let store = Store::open(&device.data().join("blon.db"), &key, Local::now().fixed_offset()).unwrap();
    store.read(|tx| tx.enrolment()).unwrap().unwrap().token
}

/// A file that Awa's device has announced and not sent.
pub struct AwaitedFile {
    /// The device; its own sync sends the file as well.
    pub device: TestDevice,
    /// Its secret.
    pub token: String,
    /// The file's SHA-256.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The same bytes on the disk.
    pub path: PathBuf,
    url: String,
    client: Client,
}

impl AwaitedFile {
    /// Awa tells a story with a file of this size.
    pub fn of(server: &TestServer, bytes: usize) -> Self {
        Self::by(server, "Awa", bytes)
    }

    /// The same of a collector with this name, who is new.
    pub fn by(server: &TestServer, name: &str, bytes: usize) -> Self {
        let device = collector(server, name, &server.url());
        let own = open(&device);
        tell_with_file(&own, "Le registre", bytes);
        assert_eq!(sync_texts(&own).unwrap_err().code().as_str(), "sync_cancelled");
        let path = device.path("registre.pdf");
        noise(&path, "Le registre", bytes);
        let bytes = std::fs::read(&path).unwrap();
        let client = http().build().unwrap();
        AwaitedFile {
            token: token(&device),
            device,
            sha256: sha256(&bytes),
            bytes,
            path,
            url: server.url(),
            client,
        }
    }

    /// The same, which goes on by way of another process.
    pub fn by_way_of(self, server: &TestServer) -> Self {
        AwaitedFile { url: server.url(), ..self }
    }

    /// A request to the file's own address.
    pub fn request(&self, method: Method) -> RequestBuilder {
        self.request_to(method, &format!("/v1/files/{}", self.sha256))
    }

    /// A request of tus to any address, with this device's secret.
    pub fn request_to(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        request.bearer_auth(&self.token).header("tus-resumable", "1.0.0")
    }

    /// Begins the upload; `with` may add a first piece.
    pub fn begin(&self, with: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Response {
        let named = format!("filename cmVnaXN0cmUucGRm,sha256 {}", base64(self.sha256.as_bytes()));
        let request = self.request_to(Method::POST, "/v1/files").header("upload-length", self.bytes.len());
        with(request.header("upload-metadata", named)).send().unwrap()
    }

    /// Sends a piece from byte `at` on.
    pub fn patch(&self, at: usize, piece: &[u8]) -> Response {
        piece_of(self.request(Method::PATCH), piece.to_vec()).header("upload-offset", at).send().unwrap()
    }

    /// How many bytes headquarters has, as it says; `None` if it knows of no upload.
    pub fn offset(&self) -> Option<usize> {
        let answer = self.request(Method::HEAD).send().unwrap();
        answer.status().is_success().then(|| header(&answer, "upload-offset").parse().unwrap())
    }
}

/// Sends the head of a piece from byte `at` to the end of the file, and so many bytes of it; leaves the line as it is.
pub fn part_of_a_piece(server: &TestServer, file: &AwaitedFile, at: usize, bytes: usize) -> TcpStream {
    let mut line = TcpStream::connect(server.address()).unwrap();
    write!(
        line,
        "PATCH /v1/files/{} HTTP/1.1\r\nhost: blon\r\nauthorization: Bearer {}\r\ntus-resumable: 1.0.0\r\n\
         content-type: application/offset+octet-stream\r\nupload-offset: {at}\r\ncontent-length: {}\r\n\r\n",
        file.sha256,
        file.token,
        file.bytes.len() - at
    )
    .unwrap();
    line.write_all(&file.bytes[at..at + bytes]).unwrap();
    line
}

/// A request with a piece as its body.
pub fn piece_of(request: RequestBuilder, piece: Vec<u8>) -> RequestBuilder {
    request.header("content-type", "application/offset+octet-stream").body(piece)
}

/// A header of an answer.
pub fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).unwrap_or_else(|| panic!("no {name}: {answer:?}")).to_str().unwrap()
}

/// Bytes as headers carry them.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
