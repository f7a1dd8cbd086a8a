//! `hlc outdated`

use std::collections::BTreeMap;

use hlc_chart::ChartSource;
use hlc_charts::{Want, newer};
use hlc_diag::Span;
use serde::Serialize;

use super::{Shop, count, runtime};
use crate::args::{Format, Net};
use crate::console::{Console, Exit};
use crate::failure::Failure;

/// A chart with newer versions.
#[derive(Serialize)]
struct Outdated {
    chart: String,
    version: String,
    /// The newest with the same major version.
    compatible: Option<String>,
    /// The newest of all.
    newest: Option<String>,
    /// `path:line:column` of each chart of this version.
    places: Vec<String>,
}

#[derive(Serialize)]
struct Document {
    version: u32,
    charts: Vec<Outdated>,
}

pub(super) fn run(shop: &Shop, net: &Net, console: &Console) -> Result<Exit, Failure> {
    let mut places: BTreeMap<&ChartSource, Vec<Span>> = BTreeMap::new();
    for release in shop.compilation.charts.releases.iter().filter(|release| release.source.folder().is_none()) {
        let places = places.entry(&release.source).or_default();
        if !places.contains(&release.chart_span) {
            places.push(release.chart_span);
        }
    }
    let sources = shop.sources(net)?;
    let answers = runtime()?.block_on(async {
        let mut answers = Vec::new();
        for source in places.keys() {
            answers.push(sources.versions(source).await);
        }
        answers
    });
    let mut charts = Vec::new();
    let mut failed = false;
    for ((source, spans), answer) in places.iter().zip(answers) {
        match answer {
            Ok(versions) => {
                let (compatible, newest) = newer(&source.version, &versions);
                if newest.is_some() {
                    charts.push(Outdated {
                        chart: source.name.clone(),
                        version: source.version.clone(),
                        compatible: compatible.map(str::to_owned),
                        newest: newest.map(str::to_owned),
                        places: spans.iter().map(|span| shop.compilation.sources.locate(*span)).collect(),
                    });
                }
            }
            Err(error) => {
                failed = true;
                let want = Want::Chart { source: (*source).clone(), locked: None };
                console.failure(&shop.explain(&want, &error));
            }
        }
    }
    let outdated = charts.len();
    if console.format == Format::Json {
        let text = serde_json::to_string_pretty(&Document { version: 1, charts })
            .map_err(|error| Failure::new(format!("cannot write the list: {error}")))?;
        console.data(|out| writeln!(out, "{text}"))?;
    } else {
        table(&charts, console)?;
    }
    console.say(&format!("{}, {outdated} outdated", count(places.len(), "chart")));
    Ok(if failed { Exit::Failed } else { Exit::Success })
}

fn table(charts: &[Outdated], console: &Console) -> Result<(), Failure> {
    let rows: Vec<[String; 5]> = charts
        .iter()
        .map(|chart| {
            let or_dash = |version: &Option<String>| version.clone().unwrap_or_else(|| "-".to_owned());
            [
                chart.chart.clone(),
                chart.version.clone(),
                or_dash(&chart.compatible),
                or_dash(&chart.newest),
                chart.places.join(", "),
            ]
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let head = ["CHART", "USED", "COMPATIBLE", "NEWEST", "WHERE"].map(str::to_owned);
    let all: Vec<&[String; 5]> = std::iter::once(&head).chain(&rows).collect();
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    console.data(|out| {
        for [chart, used, compatible, newest, place] in &all {
            let [a, b, c, d] = widths;
            writeln!(out, "{chart:a$}  {used:b$}  {compatible:c$}  {newest:d$}  {place}")?;
        }
        Ok(())
    })
}
