//! A line to headquarters on which somebody listens: every byte that a browser sends passes through, and is kept.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Such a line. It ends with the tests.
pub struct Overheard {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Overheard {
    /// To this address.
    pub fn to(headquarters: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, sent) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<u8>>>::default());
        let kept = Arc::clone(&sent);
        std::thread::spawn(move || {
            for browser in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(headquarters) else { continue };
                let (back, there) = (browser.try_clone().unwrap(), server.try_clone().unwrap());
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || pass(browser, there, |bytes| kept.lock().unwrap().extend(bytes)));
                std::thread::spawn(move || pass(server, back, |_| {}));
            }
        });
        Overheard { address, sent }
    }

    /// Where browsers find headquarters by it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All that was sent to headquarters so far.
    pub fn sent(&self) -> String {
        String::from_utf8_lossy(&self.sent.lock().unwrap()).into_owned()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, heard: impl Fn(&[u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        heard(&buffer[..n]);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
