//! A real S3 of the tests' own: `s3s-fs` on a socket of this machine, which checks signatures and keeps its objects in a folder.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The bucket.
const NAME: &str = "evidence";

/// Whoever knows these may read and write it.
const KEY: &str = "blon-under-test";
const SECRET: &str = "only-of-this-machine";

/// A place in a bucket.
#[derive(Debug, Clone)]
pub struct BucketPlace {
    /// As `--files` takes it.
    pub address: String,
    /// What the environment says to whoever may use it.
    pub environment: BTreeMap<String, String>,
    /// The folder in which its objects lie.
    pub folder: PathBuf,
}

/// A running S3 with one bucket.
pub struct Bucket {
    folder: tempfile::TempDir,
    address: SocketAddr,
    runtime: Option<Runtime>,
    prefixes: AtomicU32,
}

impl Bucket {
    /// The one that the tests of this program share.
    pub fn shared() -> &'static Bucket {
        static SHARED: OnceLock<Bucket> = OnceLock::new();
        SHARED.get_or_init(Bucket::start)
    }

    /// Makes one and starts it.
    pub fn start() -> Bucket {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(NAME)).unwrap();
        let mut bucket = Bucket {
            folder,
            address: "127.0.0.1:0".parse().unwrap(),
            runtime: None,
            prefixes: AtomicU32::new(0),
        };
        bucket.start_again();
        bucket
    }

    /// Starts it once more at the same address, with what it held.
    pub fn start_again(&mut self) {
        assert!(self.runtime.is_none(), "it runs already");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(self.folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let listener = runtime.block_on(TcpListener::bind(self.address)).unwrap();
        self.address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Else each answer waits for the other side's word that it has the one before.
                socket.set_nodelay(true).unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let speaks = Builder::new(TokioExecutor::new());
                    // Who goes away in the middle is no fault of ours.
                    let _ = speaks.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        self.runtime = Some(runtime);
    }

    /// Stops it at once: whoever is connected is cut off.
    pub fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// A place in the bucket that nobody has used.
    pub fn new_place(&self) -> BucketPlace {
        let prefix = format!("t{}/files", self.prefixes.fetch_add(1, Ordering::Relaxed));
        BucketPlace {
            address: format!("s3://{NAME}/{prefix}"),
            environment: self.environment(),
            folder: self.folder.path().join(NAME).join(prefix),
        }
    }

    fn environment(&self) -> BTreeMap<String, String> {
        let told = [
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ];
        told.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// How many parts lie there of what is being written, or was and is not any more.
    pub fn parts(&self) -> usize {
        let names = std::fs::read_dir(self.folder.path()).unwrap().flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().starts_with(".upload_id-")).count()
    }
}
