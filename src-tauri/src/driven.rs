//! The desktop window, optimised as people get it, that may be driven from outside: for `cargo xtask bench starting` alone.

fn main() {
    blon_app::run_driven();
}
