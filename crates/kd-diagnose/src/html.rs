//! The report as a page of its own.

use crate::Report;

mod figures;
mod sections;
mod tags;

use figures::Figures;
use tags::{escape, section};

const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;color:#1e1e1e;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #ddd}\
table{border-collapse:collapse;margin:.8rem 0}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #eee}\
td:first-child,th:first-child{text-align:left}th{font-weight:600}svg{max-width:100%;height:auto}\
.advice{list-style:none;padding:0}.advice li{padding:.4rem .7rem;margin:.4rem 0;border-left:5px solid #b0b6be;background:#f6f7f8}\
.advice .warning{border-color:#c44e0a;background:#fdf1ea}.advice .suggestion{border-color:#427ab2;background:#eef4fa}\
.faint{color:#6e6e6e}";

pub(crate) fn page(report: &Report, title: &str) -> String {
    let title = escape(title);
    let figures = Figures::of(report);
    let mut body = sections::advice(report);
    if let Some(softness) = &report.softness {
        body += &section(
            "How soft the targets are",
            sections::softness(softness) + &figures.softness,
        );
    }
    if report.agreement.is_some() {
        body += &section("Teacher and student", sections::models(report) + &figures.reliability);
        body += &section("Class by class", sections::classes(report) + &figures.classes);
    }
    if let Some(gradients) = &report.gradients {
        body += &section(
            "What each term of the loss does",
            sections::gradients(gradients) + &figures.gradients,
        );
    }
    if let Some(capacity) = &report.capacity {
        body += &section("How far apart in size", sections::capacity(capacity));
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><h1>{title}</h1>\n{body}</body></html>\n"
    )
}
