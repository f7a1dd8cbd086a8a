use std::sync::Arc;

use hlc_diag::{FileId, Span};
use hlc_schema::Map;

use super::*;
use crate::{Archive, Limits};

fn chart(files: &[(&str, &str)]) -> Chart {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())));
    Chart::of(&Archive::of("web", files), &Limits::default()).unwrap()
}

const CHART: (&str, &str) = ("Chart.yaml", "name: web\nversion: 1.0.0\n");

/// Which of some places a chart with these files reads.
fn unread<'a>(files: &[(&str, &str)], places: &[&'a str]) -> Vec<&'a str> {
    unread_given("", files, places)
}

fn unread_given<'a>(given: &str, files: &[(&str, &str)], places: &[&'a str]) -> Vec<&'a str> {
    let span = Span::new(FileId::new(0), 0, 0);
    let given = if given.is_empty() {
        Data::new(DataValue::Map(Map::new()), span)
    } else {
        hlc_kube::data_from_yaml(given, span).unwrap()
    };
    let mut all = vec![CHART];
    all.extend_from_slice(files);
    let reads = reads(&chart(&all), &given);
    let is_read = |place: &str| {
        let mut at = reads.clone();
        for key in place.split('.') {
            if at.whole {
                return true;
            }
            match at.get(key) {
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    };
    places.iter().copied().filter(|place| !is_read(place)).collect()
}

fn of<'a>(template: &str, places: &[&'a str]) -> Vec<&'a str> {
    unread(&[("templates/a.yaml", template)], places)
}

#[test]
fn plain_fields() {
    assert_eq!(of("{{ .Values.a.b }}", &["a", "a.b", "a.b.c", "a.c", "b"]), ["a.c", "b"]);
    assert_eq!(of("{{ $.Values.a }}{{ (.Values.b).c }}", &["a", "b.c", "b.d"]), ["b.d"]);
    assert_eq!(of("{{ index .Values \"a-b\" \"c\" }}", &["a-b.c", "a-b.d"]), ["a-b.d"]);
    assert_eq!(of("{{ index .Values .Release.Name }}", &["a"]), [""; 0]);
    assert_eq!(of("{{ get .Values \"a\" }}{{ dig \"b\" \"c\" 1 .Values }}", &["a", "b.c", "b.d"]), ["b.d"]);
}

#[test]
fn whole_blocks() {
    assert_eq!(of("{{ toYaml .Values.a | nindent 2 }}", &["a.b.c", "b"]), ["b"]);
    assert_eq!(of("{{ with .Values.a }}{{ toYaml . }}{{ end }}", &["a.b"]), [""; 0]);
    assert_eq!(of("{{ if .Values.a }}x{{ end }}", &["a", "a.b"]), ["a.b"]);
    assert_eq!(of("{{ .Values | toJson | sha256sum }}", &["x"]), [""; 0]);
}

#[test]
fn scopes() {
    assert_eq!(
        of("{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ else }}{{ .Values.d }}{{ end }}", &["a.b", "a.c", "c", "d"]),
        ["a.c"]
    );
    assert_eq!(of("{{ range .Values.a }}{{ .b }}{{ end }}", &["a.x.b", "a.x.c"]), ["a.x.c"]);
    assert_eq!(of("{{ range $k, $v := .Values.a }}{{ $k }}{{ $v.b }}{{ end }}", &["a.x.b", "a.x.c"]), ["a.x.c"]);
    assert_eq!(
        of("{{ $a := .Values.a }}{{ if .x }}{{ $a = .Values.b }}{{ end }}{{ $a.c }}", &["a.c", "b.c", "b.d"]),
        ["b.d"]
    );
    assert_eq!(of("{{ with $x := .Values.a }}{{ $x.b }}{{ end }}", &["a.b", "a.c"]), ["a.c"]);
}

#[test]
fn functions_that_give_what_they_get() {
    assert_eq!(of("{{ (default .Values.a .Values.b).c }}", &["a.c", "b.c", "b.d"]), ["b.d"]);
    assert_eq!(of("{{ range concat .Values.a .Values.b }}{{ .c }}{{ end }}", &["a.x.c", "b.x.c", "b.x.d"]), ["b.x.d"]);
    assert_eq!(of("{{ $m := merge (dict) .Values.a .Values.b }}{{ $m.c }}", &["a.c", "b.c", "b.d"]), ["b.d"]);
    assert_eq!(
        of(
            "{{ $d := dict \"x\" .Values.a }}{{ $_ := set $d \"y\" .Values.b }}{{ $d.x.c }}{{ $d.y.c }}",
            &["a.c", "b.c", "b.d"]
        ),
        ["b.d"]
    );
    assert_eq!(of("{{ if hasKey .Values.a \"b\" }}{{ end }}", &["a.b", "a.c"]), ["a.c"]);
}

#[test]
fn definitions() {
    let files = [
        (
            "templates/_h.tpl",
            "{{ define \"n\" }}{{ .Values.a }}{{ end }}{{ define \"v\" }}{{ toYaml .value }}{{ .context.Values.g }}{{ end }}",
        ),
        ("templates/a.yaml", "{{ include \"n\" . }}{{ include \"v\" (dict \"value\" .Values.b \"context\" $) }}"),
    ];
    assert_eq!(unread(&files, &["a", "b.c", "g", "d"]), ["d"]);
    let unused = [("templates/_h.tpl", "{{ define \"n\" }}{{ .Values.a }}{{ end }}")];
    assert_eq!(unread(&unused, &["a"]), ["a"]);
    let computed =
        [("templates/a.yaml", "{{ define \"n\" }}{{ .Values.a }}{{ end }}{{ include (printf \"%s\" .x) . }}")];
    assert_eq!(unread(&computed, &["a", "b"]), ["b"]);
    let recursive = [(
        "templates/a.yaml",
        "{{ define \"n\" }}{{ range . }}{{ include \"n\" . }}{{ end }}{{ end }}{{ include \"n\" .Values.a }}",
    )];
    assert_eq!(unread(&recursive, &["a", "b"]), ["b"]);
}

#[test]
fn a_loop_over_all_values_reads_those_that_the_chart_has() {
    let files = [("values.yaml", "a: {}\n"), ("templates/a.yaml", "{{ range .Values }}{{ .port }}{{ end }}")];
    assert_eq!(unread(&files, &["a.port", "a.other", "b", "b.port"]), ["a.other", "b", "b.port"]);
}

#[test]
fn keys_that_are_passed_along() {
    let files = [
        (
            "templates/_h.tpl",
            "{{ define \"n\" }}{{ $values := .helm.Values }}{{ $keys := ternary (list .key) .key (kindIs \"string\" .key) }}{{ range $key := \
             $keys }}{{ $values = index $values $key | default dict }}{{ end }}{{ $values.image }}{{ end }}",
        ),
        (
            "templates/a.yaml",
            "{{ include \"n\" (dict \"helm\" . \"key\" (list \"a\" \"b\")) }}{{ $_ := set . \"k\" \"c\" }}{{ index .Values .k }}",
        ),
    ];
    assert_eq!(unread(&files, &["a.b.image", "a.b.other", "c", "d"]), ["a.b.other", "d"]);
}

#[test]
fn texts_that_are_templates() {
    let files = [("templates/a.yaml", "{{ tpl .Values.text . }}"), ("values.yaml", "text: '{{ .Values.a }}'\n")];
    assert_eq!(unread(&files, &["a", "b"]), ["b"]);
    let given = "text: '{{ .Values.c }}'\n";
    assert_eq!(unread_given(given, &files, &["a", "c", "b"]), ["b"]);
    let never = [("templates/a.yaml", "{{ .Values.text }}")];
    assert_eq!(unread_given(given, &never, &["c"]), ["c"]);
}

#[test]
fn subcharts() {
    let files = [
        (
            "Chart.yaml",
            "name: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, alias: store, condition: 'store.enabled', tags: \
             [data], import-values: [pool]}\n",
        ),
        ("charts/db/Chart.yaml", "name: db\nversion: 1.0.0\n"),
        ("charts/db/templates/a.yaml", "{{ .Values.size }}{{ .Values.global.zone }}"),
        ("templates/a.yaml", "{{ .Values.store.shared }}{{ .Subcharts.store.Values.deep }}{{ .Values.global.own }}"),
    ];
    let places = [
        "store.enabled",
        "store.size",
        "store.shared",
        "store.deep",
        "store.other",
        "db.size",
        "tags.data",
        "tags.other",
        "global.zone",
        "store.global.zone",
        "global.own",
        "global.nobody",
        "store.exports.pool.x",
    ];
    assert_eq!(unread(&files[1..], &[]), [""; 0]);
    let chart = chart(&files);
    let span = Span::new(FileId::new(0), 0, 0);
    let reads = reads(&chart, &Data::new(DataValue::Map(Map::new()), span));
    let missed: Vec<&str> = places
        .into_iter()
        .filter(|place| {
            let found =
                place.split('.').try_fold(reads.clone(), |at, key| if at.whole { Some(at) } else { at.get(key) });
            found.is_none()
        })
        .collect();
    assert_eq!(missed, ["store.other", "db.size", "tags.other", "global.nobody"]);
}

#[test]
fn library_charts_read_what_they_are_given() {
    let files = [
        ("charts/common/Chart.yaml", "name: common\nversion: 1.0.0\ntype: library\n"),
        (
            "charts/common/templates/_a.tpl",
            "{{ define \"common.image\" }}{{ .image.repository }}{{ .top.Values.pull }}{{ end }}",
        ),
        ("templates/a.yaml", "{{ include \"common.image\" (dict \"image\" .Values.image \"top\" .) }}"),
    ];
    assert_eq!(unread(&files, &["image.repository", "pull", "image.tag"]), ["image.tag"]);
}

#[test]
fn a_template_that_cannot_be_read_counts_as_reading_all() {
    assert_eq!(of("{{ if .Values.a }}", &["anything"]), [""; 0]);
}
