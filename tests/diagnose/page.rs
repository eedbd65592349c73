//! The page is one well-formed file that needs nothing else.

use burn::nn::LinearConfig;
use kd::{
    LossTerms,
    diagnose::{CapacityReport, Report, TermGradients},
};
use kd_testkit::device;

use crate::{
    gradients::{inputs, network},
    rows::{diagnosed, waved},
};

/// With everything there is.
pub fn whole() -> Report {
    let right: Vec<i32> = (0..30).map(|sample| sample % 5).collect();
    let network = network();
    let mut gradients = TermGradients::new();
    gradients.update(&network, || {
        let outputs = network.forward(inputs(&[[1.0, 0.5], [0.25, -3.0]]));
        let (soft, hard) = (outputs.clone().square().mean(), -outputs.mean());
        LossTerms::new()
            .with("soft <T²> & more", 0.9, soft)
            .with("hard", 0.1, hard)
    });
    let linear = |outputs| LinearConfig::new(3, outputs).init(&device());
    let (student, teacher) = (linear(2), linear(30));
    let capacity = CapacityReport::of(&student, &teacher)
        .with_operations(6, 90)
        .timed(&device(), 2, || (), || ());
    let report = diagnosed(&waved::<5>(30, 0.3), &waved::<5>(30, 0.8), &right).report();
    report.with_gradients(gradients.report()).with_capacity(capacity)
}

/// Whether every tag that is opened is closed, in order.
fn is_well_formed(page: &str) -> Result<(), String> {
    let mut open = Vec::new();
    let mut rest = page;
    while let Some(begin) = rest.find('<') {
        let end = rest[begin..].find('>').ok_or("a tag does not end")? + begin;
        let tag = &rest[begin + 1..end];
        rest = &rest[end + 1..];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default();
        if tag.starts_with('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes {last:?}"));
            }
        } else if !tag.starts_with('!') && !tag.ends_with('/') {
            open.push(name);
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("an attribute of <{tag}> does not end"));
        }
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(format!("{open:?} are not closed"))
    }
}

#[test]
fn it_is_well_formed() {
    let page = whole().html("A & B <\"C\">");
    assert_eq!(is_well_formed(&page), Ok(()));
    assert!(page.contains("<h1>A &amp; B &lt;&quot;C&quot;&gt;</h1>"));
    assert!(page.contains("soft &lt;T²&gt; &amp; more") && !page.contains("soft <T"));
    assert!(is_well_formed("<a><b></a></b>").is_err() && is_well_formed("<a>").is_err());
}

#[test]
fn it_needs_no_network() {
    let page = whole().html("page");
    for word in ["http", "src=", "href=", "url(", "@import", "<script", "<link", "//"] {
        assert!(!page.contains(word), "{word} is in the page");
    }
}

#[test]
fn every_part_has_its_numbers_and_its_picture() {
    let report = whole();
    let page = report.html("page");
    for heading in [
        "How soft the targets are",
        "Teacher and student",
        "Class by class",
        "What each term of the loss does",
        "How far apart in size",
    ] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading} is missing");
    }
    assert_eq!(page.matches("<svg").count(), 4);
    for advice in report.advice() {
        let text = advice
            .text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        assert!(page.contains(&text.replace('"', "&quot;")), "{advice} is missing");
    }
    assert!(page.contains("<td>15.0×</td>") && !page.contains("NaN"));
}

#[test]
fn what_was_not_looked_at_is_not_there() {
    let page = diagnosed(&[[1.0, 0.0]], &[[0.5, 0.0]], &[0]).report().html("page");
    assert!(!page.contains("What each term") && !page.contains("How far apart"));
    assert_eq!(is_well_formed(&page), Ok(()));
}

#[test]
fn it_is_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs/diagnosis.html");
    let report = whole();
    report.save("page", &path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), report.html("page"));
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = report.save("page", folder.path().join("file/page.html")).unwrap_err();
    assert!(error.to_string().contains("cannot write"), "{error}");
}
