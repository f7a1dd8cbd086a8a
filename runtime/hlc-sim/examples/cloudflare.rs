//! A simulated Cloudflare to try commands on by hand: `cargo run -p hlc-sim --example cloudflare -- ZONE TOKEN [MILLISECONDS]`.
//!
//! It says where it listens, for `CLOUDFLARE_BASE_URL`, and answers until stdin ends. Every answer takes the milliseconds.

#![allow(clippy::print_stdout, reason = "an example")]

use std::io::Read as _;
use std::time::Duration;

use hlc_sim::Cloudflare;
use hlc_sim::cloudflare::Settings;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(zone), Some(token)) = (arguments.next(), arguments.next()) else {
        return Err("say a zone and a token".into());
    };
    let mut settings = Settings::new([zone], token);
    if let Some(milliseconds) = arguments.next() {
        settings.latency = Duration::from_millis(milliseconds.parse()?);
    }
    let simulator = Cloudflare::start(settings)?;
    println!("CLOUDFLARE_BASE_URL={}", simulator.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{} requests", simulator.control().log().len());
    Ok(())
}
