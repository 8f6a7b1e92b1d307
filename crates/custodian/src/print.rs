//! What the tool prints: for people, or as one JSON document.

use crate::anew::Done;
use crate::headquarters::IdentityLine;
use crate::problem::{Result, told};
use crate::taking::{Face, Opened};
use blon_core::error::{Code, Problem};
use serde::Serialize;
use std::path::PathBuf;

/// A problem, on standard error.
pub fn problem(problem: &Problem) {
    let json = serde_json::to_string(problem);
    eprintln!("{}", json.unwrap_or_else(|_| format!("{}: {}", problem.code, problem.message)));
}

fn document(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|e| told(Code::Internal, e.to_string()))?;
    println!("{text}");
    Ok(())
}

/// The stories whose storyteller is sealed.
pub fn list(json: bool, lines: &[IdentityLine]) -> Result<()> {
    if json {
        return document(&lines);
    }
    for line in lines {
        println!(
            "{}  {}  {}  ×{}  {}",
            line.storyteller, line.received, line.story, line.copies, line.collector
        );
    }
    Ok(())
}

/// Who told a story.
pub fn opened(json: bool, opened: &Opened) -> Result<()> {
    if json {
        return document(opened);
    }
    println!("{}  {}", opened.storyteller, opened.story);
    println!(
        "{}",
        match opened.contact_again {
            Some(true) => "agreed to be contacted again",
            Some(false) => "! did not agree to be contacted again",
            None => "! was not asked whether they may be contacted again",
        }
    );
    for copy in &opened.copies {
        println!("\n{}", copy.received);
        if !copy.own {
            println!("! this is of {}, another storyteller: it was put beside this story", copy.of);
        }
        for (what, said) in [("name", &copy.name), ("phone", &copy.phone), ("place", &copy.place)] {
            if !said.is_empty() {
                println!("{what:<6} {said}");
            }
        }
        match &copy.face {
            Some(Face::Opened { written: Some(path), .. }) => println!("face   {}", path.display()),
            Some(Face::Opened { .. }) => println!("face   a photo; --face FILE writes it"),
            Some(Face::Awaited) => println!("face   a photo, which headquarters does not have yet"),
            Some(Face::Unopened) => println!("face   a photo, which this key does not open"),
            Some(Face::Misplaced) => {
                println!("! face a photo of another storyteller was put beside this story")
            }
            None => {}
        }
        for masked in &copy.masked {
            println!("masked in {}: {}", masked.at, masked.words);
        }
    }
    if opened.unopened > 0 {
        println!("\n{} more, which this key does not open", opened.unopened);
    }
    Ok(())
}

/// The files that were written.
pub fn written(json: bool, paths: &[PathBuf]) -> Result<()> {
    if json {
        return document(&serde_json::json!({ "files": paths }));
    }
    for path in paths {
        println!("{}", path.display());
    }
    Ok(())
}

/// What was sealed anew.
pub fn sealed_anew(json: bool, done: &Done) -> Result<()> {
    if json {
        return document(done);
    }
    eprintln!();
    println!("sealed anew: {}, to {}", done.sealed, done.keys.join(" "));
    if !done.left.is_empty() {
        let left: Vec<&str> = done.left.iter().map(String::as_str).collect();
        println!("left as it was, since the key does not open it: {}", left.join(" "));
    }
    for storyteller in &done.misplaced {
        println!("! beside the story of {storyteller} stands who another storyteller is");
    }
    Ok(())
}
