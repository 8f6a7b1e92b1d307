//! The pages are embedded in the binary; build it anew when they change.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist/headquarters");
}
