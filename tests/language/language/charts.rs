//! Charts that are locked and rendered, with charts and a renderer made for the purpose.
//!
//! The renderer is a table: what a chart renders is written beside it. What the real one makes of real charts is tested where
//! it is run.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;

use hlc_chart::lock::{LockedChart, LockedRelease};
use hlc_chart::manifest::RenderError;
use hlc_chart::surface::surface;
use hlc_chart::{Archives, ChartSource, Digest, Lock, RenderFailure, RenderRequest, Renderer, Rendering, Unavailable};
use hlc_model::{Branch, Compilation, DirEntry, InputError, Inputs, MemoryInputs, compile, compile_audit};
use hlc_schema::Map;
use hlc_tests_language::{example_inputs, rendered};
use libtest_mimic::Trial;

use crate::Outcome;

type Test = fn() -> Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 25] = [
        ("rendered", rendered_objects),
        ("not_at_hand", not_at_hand),
        ("refused", refused),
        ("no_objects", no_objects),
        ("schema_of_kubernetes", schema_of_kubernetes),
        ("hooks", hooks),
        ("changed", changed),
        ("edited", edited),
        ("left_to_argocd", left_to_argocd),
        ("random", random),
        ("frozen", frozen),
        ("random_and_left_out", random_and_left_out),
        ("frozen_names", frozen_names),
        ("frozen_in_another_cluster", frozen_in_another_cluster),
        ("frozen_as_published", frozen_as_published),
        ("surface", surface_of_a_lock),
        ("audited", audited),
        ("stale", stale),
        ("broken_lock", broken_lock),
        ("values", values),
        ("refused_for_its_values", refused_for_its_values),
        ("defaults", defaults),
        ("kube_version", kube_version),
        ("definitions_of_the_homelab", definitions_of_the_homelab),
        ("closed_schemas", closed_schemas),
    ];
    tests.into_iter().map(|(name, test)| Trial::test(format!("charts::{name}"), test)).collect()
}

/// A project with charts at hand and a table for a renderer.
#[derive(Clone, Default)]
struct Shop {
    files: MemoryInputs,
    archives: BTreeMap<Digest, Arc<[u8]>>,
    /// The archives of charts that are not the first one, by their names.
    named: BTreeMap<String, Digest>,
    /// Archives that are not what they should be.
    damaged: BTreeSet<Digest>,
    answers: BTreeMap<String, Result<Rendering, RenderFailure>>,
    /// A chart that looks at its values.
    picky: Option<&'static str>,
    written: BTreeMap<String, String>,
    published: BTreeMap<String, String>,
    renders: bool,
    /// A chart of the project that somebody changed.
    edited: Option<&'static str>,
}

impl Inputs for Shop {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        self.files.read(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        self.files.list(folder)
    }

    fn archives(&self) -> Option<&dyn Archives> {
        Some(self)
    }

    fn renderer(&self) -> Option<&dyn Renderer> {
        self.renders.then_some(self as &dyn Renderer)
    }

    fn written(&self, path: &str) -> Option<Arc<str>> {
        self.written.get(path).map(|text| text.as_str().into())
    }

    fn published(&self, branch: Branch<'_>, path: &str) -> Option<Arc<str>> {
        assert_eq!(branch.name, "main-manifests");
        self.published.get(path).map(|text| text.as_str().into())
    }
}

impl Archives for Shop {
    fn archive(&self, chart: &Digest) -> Result<Arc<[u8]>, Unavailable> {
        if self.damaged.contains(chart) {
            return Err(Unavailable::Damaged { found: Digest::of(b"") });
        }
        self.archives.get(chart).cloned().ok_or(Unavailable::NotFetched)
    }

    fn is_changed(&self, source: &ChartSource, _: &Digest) -> bool {
        self.edited == Some(&source.name)
    }
}

impl Renderer for Shop {
    fn render(&self, requests: &[RenderRequest]) -> Vec<Result<Rendering, RenderFailure>> {
        let answer = |request: &RenderRequest| {
            self.archive(&request.chart).map_err(RenderFailure::Unavailable)?;
            if self.picky == Some(&request.release) && !request.values.contains("image:") {
                let error = "Error: execution error at (picky/templates/web.yaml:12:5): image is required";
                return Err(RenderFailure::Refused(RenderError::from_helm(error)));
            }
            self.answers.get(&request.release).cloned().unwrap_or_else(|| Err(RenderFailure::Other("no answer".into())))
        };
        requests.iter().map(answer).collect()
    }
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, format!("web/{path}"), text.as_bytes()).unwrap();
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&builder.into_inner().unwrap()).unwrap();
    gzip.finish().unwrap()
}

const CHART: (&str, &str) = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
const VALUES: (&str, &str) = (
    "values.yaml",
    "replicas: 1\nimage: {repository: web, tag: '1'}\nhosts: [a.example.net]\npersistence: {enabled: false, size: 1Gi}\n",
);
const TEMPLATE: (&str, &str) = (
    "templates/web.yaml",
    "{{ .Values.replicas }}{{ .Values.image.repository }}{{ .Values.image.tag }}{{ range .Values.hosts }}{{ . }}{{ end }}{{ if \
     .Values.persistence.enabled }}{{ .Values.persistence.size }}{{ end }}{{ toYaml .Values.extra }}",
);

/// What the chart of these tests renders, unless a test says otherwise.
const MANIFEST: &str = "---\n# Source: web/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: \
                        {}\n  annotations: null\nspec:\n  selector: {app: web}\n  ports:\n  - {name: http, port: 80}\n---\n# Source: \
                        web/templates/secret.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: web-key}\ndata: {key: \
                        YQ==}\n---\n# Source: web/templates/tests/test.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: \
                        web-test\n  annotations: {helm.sh/hook: test}\nspec: {containers: [{name: t, image: t}]}\n";

fn answered(manifest: &str, again: Option<&str>) -> Result<Rendering, RenderFailure> {
    Rendering::read(manifest, again).map_err(RenderFailure::NoObjects)
}

/// A homelab with a workload that holds `inside`, besides a namespace.
fn shop(inside: &str) -> Shop {
    let text = format!(
        "workload \"web\" category=\"apps\" {{\n    namespace \"web\"\n    {}\n}}\n",
        inside.replace('\n', "\n    ")
    );
    let files = [CHART, VALUES, TEMPLATE];
    let bytes: Arc<[u8]> = packed(&files).into();
    Shop {
        files: example_inputs(&text),
        archives: BTreeMap::from([(Digest::of(&bytes), bytes)]),
        answers: BTreeMap::from([("web".to_owned(), answered(MANIFEST, None))]),
        renders: true,
        ..Shop::default()
    }
}

/// Compiles an example with charts that are at hand and locked, each called by what is the matter with it.
pub(crate) fn example(text: &str) -> Compilation {
    let mut shop = shop("");
    shop.files = example_inputs(text);
    let schema = ("values.schema.json", r#"{"properties":{"replicas":{"type":"integer","minimum":1}}}"#);
    let hook = "---\n# Source: migrating/templates/job.yaml\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: \
                {helm.sh/hook: pre-install}\nspec:\n  template: {spec: {restartPolicy: Never, containers: [{name: m, image: 'm:1'}]}}\n";
    for (name, manifest, again) in [
        ("migrating", hook.to_owned(), None),
        ("changing", configured("one"), Some(configured("two"))),
        ("untidy", "---\n# Source: untidy/templates/web.yaml\nkind: Service\n".to_owned(), None),
        ("picky", configured("one"), None),
        ("strict", configured("one"), None),
        ("damaged", configured("one"), None),
        ("edited", configured("one"), None),
        ("untouched", configured("one"), None),
    ] {
        let metadata = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        let bytes: Arc<[u8]> = packed(&[("Chart.yaml", &metadata), VALUES, TEMPLATE, schema]).into();
        let digest = Digest::of(&bytes);
        shop.archives.insert(digest, bytes);
        shop.named.insert(name.to_owned(), digest);
        shop.answers.insert(name.to_owned(), answered(&manifest, again.as_deref()));
    }
    shop.damaged.extend(shop.named.get("damaged"));
    shop.picky = Some("picky");
    shop.edited = Some("edited");
    shop.locked().compile()
}

impl Shop {
    fn answer(mut self, manifest: &str) -> Self {
        self.answers.insert("web".to_owned(), answered(manifest, None));
        self
    }

    fn again(mut self, one: &str, again: &str) -> Self {
        self.answers.insert("web".to_owned(), answered(one, Some(again)));
        self
    }

    fn chart(mut self, files: &[(&str, &str)]) -> Self {
        let bytes: Arc<[u8]> = packed(files).into();
        self.archives = BTreeMap::from([(Digest::of(&bytes), bytes)]);
        self
    }

    /// Locks every chart to the archive, and every release to what it renders.
    fn locked(mut self) -> Self {
        let web = Digest::of(&packed(&[CHART, VALUES, TEMPLATE]));
        let first = if self.named.is_empty() { *self.archives.keys().next().unwrap() } else { web };
        let digest_of = |name: &str| self.named.get(name).copied().unwrap_or(first);
        let compiled = compile(&self, "homelab.kdl");
        let mut lock = Lock::default();
        for source in compiled.charts.sources() {
            let dependencies = Vec::new();
            lock.charts.push(LockedChart {
                source: source.clone(),
                digest: digest_of(&source.name),
                kube_version: Some(">=1.20.0-0".to_owned()),
                dependencies,
                span: None,
            });
        }
        for release in &compiled.charts.releases {
            let Some(Ok(rendering)) = self.answers.get(&release.name) else { continue };
            let Some(objects) = rendering.objects.objects(release.span) else { continue };
            lock.releases.push(LockedRelease {
                owner: release.owner.clone(),
                name: release.name.clone(),
                inputs: release.request(digest_of(&release.source.name)).digest(),
                objects: surface(&objects, &release.namespace),
                span: None,
            });
        }
        self.files.insert("hlc.lock", lock.write());
        self
    }

    fn compile(&self) -> Compilation {
        compile(self, "homelab.kdl")
    }
}

/// The codes of all findings, with the text that each points at.
fn found(compilation: &Compilation) -> Vec<(&'static str, String)> {
    let place = |found: &hlc_diag::Diagnostic| compilation.sources.text(found.primary.span).to_owned();
    compilation.diagnostics.iter().map(|found| (found.code.name, place(found))).collect()
}

fn expect(compilation: &Compilation, wanted: &[(&'static str, &str)]) -> Outcome {
    let wanted: Vec<(&'static str, String)> = wanted.iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
    if found(compilation) == wanted {
        return Ok(());
    }
    Err(format!("wanted {wanted:?}, found\n{}", rendered(compilation)).into())
}

fn said(compilation: &Compilation, words: &[&str]) -> Outcome {
    let text = rendered(compilation);
    match words.iter().find(|word| !text.contains(**word)) {
        Some(missing) => Err(format!("{missing:?} is missing in\n{text}").into()),
        None => Ok(()),
    }
}

fn tree(compilation: &Compilation) -> Result<BTreeMap<String, String>, String> {
    let plan = compilation.plan.as_ref().ok_or_else(|| rendered(compilation))?;
    Ok(hlc_kube::output_tree(plan).iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

const RENDERED: &str =
    "chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"rendered\" { labels tier=front; }";
const ARGOCD: &str = "chart \"web\" version=\"1.0.0\" repo=\"https://charts.example.net\" deliver=\"argocd\"";

fn with(inside: &str) -> String {
    RENDERED.replace("labels tier=front;", inside)
}

fn rendered_objects() -> Outcome {
    let compilation = shop(&format!("{RENDERED}\nroute \"web\" service=\"web\" port=80")).locked().compile();
    expect(&compilation, &[("plain-value", "\"web\"")])?;
    said(&compilation, &["templates/secret.yaml"])?;
    let tree = tree(&compilation)?;
    let service = tree.get("web/Service.web.k8s.yaml").ok_or("no Service")?;
    let wanted = "apiVersion: v1\nkind: Service\nmetadata:\n  labels:\n    tier: front\n  name: web\n  namespace: web\nspec:\n  ports:\n    - \
                  name: http\n      port: 80\n  selector:\n    app: web\n";
    if service != wanted {
        return Err(format!("made {service}").into());
    }
    if tree.keys().any(|path| path.contains("web-test") || path.contains("Application")) {
        return Err(format!("too much: {:?}", tree.keys()).into());
    }
    // A port that the chart's Service does not have.
    let wrong = shop(&format!("{RENDERED}\nroute \"web\" service=\"web\" port=81")).locked().compile();
    expect(&wrong, &[("plain-value", "\"web\""), ("missing-port", "81")])?;
    let local = shop(&RENDERED.replace("https://charts.example.net", "./charts")).locked().compile();
    expect(&local, &[("plain-value", "\"web\"")])
}

fn not_at_hand() -> Outcome {
    expect(&shop(RENDERED).compile(), &[("chart-not-rendered", "\"web\"")])?;
    said(&shop(RENDERED).compile(), &["hlc lock"])?;
    let mut shop = shop(RENDERED).locked();
    shop.renders = false;
    expect(&shop.compile(), &[("chart-not-rendered", "\"web\"")])?;
    shop.renders = true;
    shop.archives.clear();
    expect(&shop.compile(), &[("chart-not-rendered", "\"web\"")])?;
    said(&shop.compile(), &["hlc fetch", "hlc vendor"])
}

fn refused() -> Outcome {
    let mut shop = shop(RENDERED).locked();
    let error = RenderError::from_helm("Error: execution error at (web/templates/d.yaml:12:5): image is required");
    shop.answers.insert("web".to_owned(), Err(RenderFailure::Refused(error)));
    expect(&shop.compile(), &[("chart-refuses", "\"web\"")])?;
    said(&shop.compile(), &["templates/d.yaml:12", "image is required"])
}

fn no_objects() -> Outcome {
    let shop = shop(RENDERED).answer("---\n# Source: web/templates/d.yaml\nkind: Service\n").locked();
    expect(&shop.compile(), &[("chart-output", "\"web\"")])?;
    said(&shop.compile(), &["templates/d.yaml"])
}

fn schema_of_kubernetes() -> Outcome {
    let manifest = "---\n# Source: web/templates/s.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {prots: []}\n";
    let compilation = shop(RENDERED).answer(manifest).locked().compile();
    if compilation.diagnostics.len() != 1 || !compilation.diagnostics[0].fixes.is_empty() {
        return Err(rendered(&compilation).into());
    }
    said(
        &compilation,
        &["prots", "release `web` renders Service `web` from `templates/s.yaml`", "patch \"Service/web\""],
    )?;
    let mended =
        shop(&with("patch \"Service/web\" { spec { prots #null; ports { - port=80 }; }; }")).answer(manifest).locked();
    // A patch replaces; it does not yet take away.
    drop(mended);
    Ok(())
}

fn hooks() -> Outcome {
    let manifest = "---\n# Source: web/templates/j.yaml\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations:\n    \
                    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: '-5'\n    helm.sh/hook-delete-policy: \
                    before-hook-creation\nspec:\n  template: {spec: {restartPolicy: Never, containers: [{name: m, image: m}]}}\n";
    let unstated = shop(&with("")).answer(manifest).locked().compile();
    expect(&unstated, &[("hooks-unstated", "\"web\"")])?;
    said(&unstated, &["Job/migrate"])?;
    let made = |hooks: &str| tree(&shop(&with(&format!("hooks \"{hooks}\""))).answer(manifest).locked().compile());
    let path = "web/Job.migrate.k8s.yaml";
    if made("drop")?.contains_key(path)
        || !made("keep")?.get(path).is_some_and(|job| job.contains("helm.sh/hook: pre-install"))
    {
        return Err("hooks are not kept or dropped".into());
    }
    let argocd = made("argocd")?;
    let job = argocd.get(path).ok_or("no hook")?;
    for line in [
        "argocd.argoproj.io/hook: PreSync\n",
        "argocd.argoproj.io/sync-wave: \"-5\"\n",
        "hook-delete-policy: BeforeHookCreation\n",
    ] {
        if !job.contains(line) || job.contains("helm.sh") {
            return Err(format!("{line:?} in\n{job}").into());
        }
    }
    Ok(())
}

fn changed() -> Outcome {
    let inside = "patch \"Service/web\" { spec { type NodePort; }; }\nremove \"Secret/web-key\"";
    let compilation = shop(&with(inside)).locked().compile();
    expect(&compilation, &[])?;
    let tree = tree(&compilation)?;
    if tree.contains_key("web/Secret.web-key.k8s.yaml") || !tree["web/Service.web.k8s.yaml"].contains("type: NodePort")
    {
        return Err(format!("{tree:?}").into());
    }
    let inside =
        "patch \"Service/wbe\" { spec { type NodePort; }; }\nremove \"ConfigMap/web\"\nremove \"Secret/web-key\"";
    let wrong = shop(&with(inside)).locked().compile();
    expect(&wrong, &[("patch-unmatched", "\"Service/wbe\""), ("patch-unmatched", "\"ConfigMap/web\"")])?;
    said(&wrong, &["did you mean `Service/web`?", "no ConfigMap at all"])?;
    let both = "remove \"Secret/web-key\"\nremove \"Service/web\"\npatch \"Service/web\" { spec { type NodePort; }; }";
    let both = shop(&with(both)).locked().compile();
    expect(&both, &[("patch-unmatched", "\"Service/web\"")])?;
    said(&both, &["`Service/web` is left out", "left out here"])?;
    // Of what is rendered when it is applied, the lock file knows the objects.
    let mut addon = shop("");
    addon.files = example_inputs(
        "homelab \"home\" domain=\"example.net\"\nplatform {\n    addon \"web\" namespace=\"web\" {\n        chart \"web\" version=\"1.0.0\" \
         repo=\"https://charts.example.net\" {\n            patch \"Service/wbe\" { spec type=NodePort; }\n            remove \
         \"Secret/web-key\"\n        }\n    }\n}\n",
    );
    let unmatched = |shop: &Shop| {
        let compilation = shop.compile();
        let unmatched = |found: &&hlc_diag::Diagnostic| found.code.name == "patch-unmatched";
        compilation.diagnostics.iter().filter(unmatched).map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    if !unmatched(&addon).is_empty() || unmatched(&addon.locked()).len() != 1 {
        return Err("an addon's patch is not held against what is locked".into());
    }
    // What a patch gives is the homelab's own to mend.
    let typed = "remove \"Secret/web-key\"\npatch \"Service/web\" { spec { externalIPs here; }; }";
    let typed = shop(&with(typed)).locked().compile();
    expect(&typed, &[("wrong-object-type", "here")])?;
    if rendered(&typed).contains("or write `patch") {
        return Err(rendered(&typed).into());
    }
    Ok(())
}

fn configured(value: &str) -> String {
    format!(
        "---\n# Source: web/templates/c.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{key: {value}, same: x}}\n"
    )
}

/// Nothing is said of what a chart of the project was before it was changed.
fn edited() -> Outcome {
    let inside = with("values { replica 2; }").replace("https://charts.example.net", "./charts");
    let mut shop = shop(&inside).answer(&configured("one")).locked();
    expect(&shop.compile(), &[("value-unread", "replica")])?;
    shop.edited = Some("web");
    expect(&shop.compile(), &[("chart-changed", "\"web\"")])?;
    said(&shop.compile(), &["its files in `charts/web`", "hlc lock"])
}

/// What only hlc could do to objects is refused where Argo CD makes them.
fn left_to_argocd() -> Outcome {
    let of = |inside: &str| shop(&format!("{ARGOCD} {{\n    {inside}\n}}")).locked().compile();
    expect(&of("freeze #true"), &[("not-patched", "#true")])?;
    said(&of("freeze #true"), &["this `freeze` cannot be carried out", "the name of a Secret"])?;
    expect(&of("labels a=b"), &[("not-patched", "labels")])?;
    expect(&of("freeze #false"), &[])
}

fn random() -> Outcome {
    let compilation = shop(&with("")).again(&configured("one"), &configured("two")).locked().compile();
    expect(&compilation, &[("random-field", "\"web\"")])?;
    said(&compilation, &["ConfigMap/c: data.key", "freeze=#true"])?;
    if rendered(&compilation).contains("same") {
        return Err("a field that is the same is named".into());
    }
    Ok(())
}

fn frozen() -> Outcome {
    let first = shop(&with("freeze #true")).again(&configured("one"), &configured("two")).locked();
    let compilation = first.compile();
    expect(&compilation, &[])?;
    let written = tree(&compilation)?;
    let mut second = first.clone().again(&configured("three"), &configured("four"));
    second.written = written.clone();
    if tree(&second.compile())? != written {
        return Err("what was written last does not stay".into());
    }
    // Other values make another one.
    let mut other =
        shop(&with("freeze #true; values { replicas 2; }")).again(&configured("five"), &configured("six")).locked();
    other.written = written;
    let made = tree(&other.compile())?;
    if !made["web/ConfigMap.c.k8s.yaml"].contains("key: five") {
        return Err(format!("{made:?}").into());
    }
    Ok(())
}

/// What does not reach the manifests, or is said otherwise there, is no matter.
fn random_and_left_out() -> Outcome {
    let of = |inside: &str| shop(&with(inside)).again(&configured("one"), &configured("two")).locked().compile();
    expect(&of("remove \"ConfigMap/c\""), &[])?;
    expect(&of("patch \"ConfigMap/c\" { data key=mine; }"), &[])?;
    expect(&of("patch \"ConfigMap/c\" { data same=mine; }"), &[("random-field", "\"web\"")])?;
    let test = |value: &str| configured(value).replace("{name: c}", "{name: c, annotations: {helm.sh/hook: test}}");
    expect(&shop(RENDERED).again(&test("one"), &test("two")).locked().compile(), &[])?;
    // An object that is there only sometimes is named as a whole, and nothing keeps it.
    for inside in ["", "freeze #true"] {
        let compilation = shop(&with(inside)).again(&configured("one"), "").locked().compile();
        expect(&compilation, &[("random-field", "\"web\"")])?;
        said(
            &compilation,
            &["each time: `ConfigMap/c`", if inside.is_empty() { "by a Secret" } else { "not which objects" }],
        )?;
    }
    Ok(())
}

/// Names that are made up stay too, each that of its own object.
fn frozen_names() -> Outcome {
    let map = |name: &str, at: &str| configured("x").replace("name: c", &format!("name: {name}, labels: {{at: {at}}}"));
    let named = |[one, two]: [&str; 2]| format!("{}{}", map(one, "n0"), map(two, "n1"));
    let again = |shop: Shop, one: [&str; 2], two: [&str; 2]| shop.again(&named(one), &named(two));
    let first = again(shop(&with("freeze #true")), ["zz", "aa"], ["bb", "cc"]).locked();
    let written = tree(&first.compile())?;
    if !written["web/ConfigMap.zz.k8s.yaml"].contains("at: n0") {
        return Err(format!("{written:?}").into());
    }
    let mut second = again(first, ["dd", "ee"], ["ff", "gg"]);
    second.published.clone_from(&written);
    let made = tree(&second.compile())?;
    if made == written { Ok(()) } else { Err(format!("{made:?}").into()) }
}

/// A newer Kubernetes is no reason for another password, unless the object is built otherwise there.
fn frozen_in_another_cluster() -> Outcome {
    let of = |version: &str, [one, two]: [&str; 2]| {
        let chart = with("freeze #true").replace("repo=", &format!("kube-version=\"{version}\" repo="));
        shop(&chart).again(&pod(one), &pod(two)).locked()
    };
    let written = tree(&of("1.33.0", ["[a, one]", "[a, two]"]).compile())?;
    let made = |arguments: [&str; 2]| {
        let mut shop = of("1.34.0", arguments);
        shop.written.clone_from(&written);
        Ok::<_, String>(tree(&shop.compile())?.remove("web/Pod.p.k8s.yaml").unwrap_or_default())
    };
    if made(["[a, three]", "[a, four]"])? != written["web/Pod.p.k8s.yaml"] {
        return Err("what was written last does not stay".into());
    }
    // The second is another one's now.
    let built_otherwise = made(["[a, b, three]", "[a, b, four]"])?;
    if built_otherwise.contains("- three") { Ok(()) } else { Err(built_otherwise.into()) }
}

fn pod(arguments: &str) -> String {
    format!(
        "---\n# Source: web/templates/p.yaml\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - {{name: p, \
         image: 'p:1', args: {arguments}}}\n"
    )
}

/// What is published counts before what was written here: it is what runs.
fn frozen_as_published() -> Outcome {
    let first = shop(&with("freeze #true")).again(&configured("one"), &configured("two")).locked();
    let (published, written) =
        (tree(&first.compile())?, tree(&first.clone().again(&configured("a"), &configured("b")).compile())?);
    let mut second = first.clone().again(&configured("three"), &configured("four"));
    second.written = written.clone();
    second.published = published.clone();
    if tree(&second.compile())? != published {
        return Err("what is published does not stay".into());
    }
    // Published from other values, it says nothing.
    second.published.insert("web/.frozen-web".to_owned(), format!("{}\n", Digest::of(b"other")));
    if tree(&second.compile())? == written { Ok(()) } else { Err("what was written does not stay".into()) }
}

fn surface_of_a_lock() -> Outcome {
    let inside = format!("{ARGOCD}\nroute \"web\" service=\"wbe\" port=80");
    expect(&shop(&inside).compile(), &[])?;
    let mut locked = shop(&inside).locked();
    expect(&locked.compile(), &[("missing-service", "\"wbe\"")])?;
    said(&locked.compile(), &["did you mean `web`?"])?;
    // Neither archive nor renderer is needed for it.
    locked.archives.clear();
    locked.renders = false;
    expect(&locked.compile(), &[("missing-service", "\"wbe\"")])?;
    let native = format!("{ARGOCD}\nSecret \"web-key\" {{ data {{ key \"\"; }} }}");
    expect(&shop(&native).locked().compile(), &[("duplicate-object", "\"web-key\"")])
}

/// An audit looks at what is locked, and says what it does not know: nothing of a Service, of pods their images.
fn audited() -> Outcome {
    let words = |shop: &Shop| {
        let (_, audit) = compile_audit(shop, "homelab.kdl");
        let mine = audit.findings.iter().filter(|found| found.message.contains("`web`"));
        mine.map(|found| (found.code.name, found.message.clone())).collect::<Vec<_>>()
    };
    let holds = |shop: &Shop, wanted: &[(&str, &str)]| -> Outcome {
        let found = words(shop);
        let fits = found.len() == wanted.len()
            && found.iter().zip(wanted).all(|((code, text), (wanted, part))| code == wanted && text.contains(part));
        if fits { Ok(()) } else { Err(format!("wanted {wanted:?}, found {found:?}").into()) }
    };
    let unlocked = shop(ARGOCD);
    holds(&unlocked, &[("not-looked-into", "nothing is locked of it")])?;
    holds(&unlocked.clone().locked(), &[])?;
    let driver = "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: driver}\nspec:\n  selector: {matchLabels: {app: \
                  web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      hostPID: true\n      containers: \
                  [{name: web, image: web}]\n";
    let role = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: web}\nrules: [{apiGroups: ['*'], resources: \
                ['*'], verbs: ['*']}]\n";
    let answering = |manifest: String| shop(ARGOCD).answer(&manifest).locked();
    let pods = answering(format!("{MANIFEST}{driver}"));
    holds(
        &pods,
        &[("host-reach", "sees its node's processes"), ("not-looked-into", "the images of its pods are not known")],
    )?;
    let rights = answering(format!("{MANIFEST}{role}"));
    holds(&rights, &[("not-looked-into", "what its role or binding gives is not known")])?;
    let changed =
        rights.files.read("example.kdl").unwrap().replace(ARGOCD, &format!("{ARGOCD} {{ values {{ replicas 2; }} }}"));
    let mut stale = rights.clone();
    stale.files.insert("example.kdl", changed);
    holds(&stale, &[("not-looked-into", "is of other values")])
}

fn stale() -> Outcome {
    let inside = format!("{ARGOCD}\nroute \"web\" service=\"wbe\" port=80");
    let mut shop = shop(&inside).locked();
    let unknown =
        |shop: &Shop| shop.compile().charts.unknown().map(|(release, _)| release.name.clone()).collect::<Vec<_>>();
    if !unknown(&shop).iter().all(|name| name != "web") {
        return Err("what is locked is known".into());
    }
    let changed =
        shop.files.read("example.kdl").unwrap().replace(ARGOCD, &format!("{ARGOCD} {{ values {{ replicas 2; }} }}"));
    shop.files.insert("example.kdl", changed);
    expect(&shop.compile(), &[])?;
    if unknown(&shop) != ["web"] { Err("other values are not those of the lock file".into()) } else { Ok(()) }
}

fn broken_lock() -> Outcome {
    let mut shop = shop(RENDERED).locked();
    let text = shop.files.read("hlc.lock").unwrap().replace("inputs", "input");
    shop.files.insert("hlc.lock", text);
    expect(&shop.compile(), &[("lock-unreadable", "input")])
}

fn values() -> Outcome {
    let of = |values: &str| shop(&format!("{ARGOCD} {{\n    values {{ {values} }}\n}}")).locked().compile();
    expect(&of("replicas 2; image tag=\"2\"; hosts { - b c; }; extra { anything 1; }"), &[])?;
    expect(&of("replica 2"), &[("value-unread", "replica")])?;
    said(&of("replica 2"), &["did you mean `replicas`?"])?;
    expect(&of("persistance enabled=#true"), &[("value-unread", "persistance")])?;
    expect(&of("image { tag \"2\"; pullPolicy Always; }"), &[("value-unread", "pullPolicy")])?;
    expect(&of("hosts b.example.net"), &[("value-shape", "b.example.net")])?;
    expect(&of("image \"web:2\""), &[("value-shape", "\"web:2\"")])?;
    expect(&of("image #null"), &[])?;
    let schema = (
        "values.schema.json",
        r#"{"type":"object","additionalProperties":false,"properties":{"replicas":{"type":"integer","minimum":1},"image":{"type":"object"},"hosts":{"type":"array"},"persistence":{"type":"object"},"extra":{}}}"#,
    );
    let held = |values: &str| {
        let shop =
            shop(&format!("{ARGOCD} {{\n    values {{ {values} }}\n}}")).chart(&[CHART, VALUES, TEMPLATE, schema]);
        shop.locked().compile()
    };
    expect(&held("replicas 2"), &[])?;
    expect(&held("replicas 0"), &[("value-schema", "0")])?;
    expect(&held("replicas two"), &[("value-schema", "two")])?;
    expect(&held("replica 2"), &[("value-schema", "replica")])?;
    // All that is wrong with a file is said, at the place that names it.
    let mut of_file = shop(&format!("{ARGOCD} {{\n    values (file)\"values.yaml\"\n}}"));
    of_file.files.insert("values.yaml", "replica: 2\nimage: {tga: a}\nhosts: b\n");
    let at = "\"values.yaml\"";
    let compilation = of_file.locked().compile();
    expect(&compilation, &[("value-shape", at), ("value-unread", at), ("value-unread", at)])?;
    said(&compilation, &["did you mean `replicas`?", "`image.tga`", "did you mean `tag`?"])
}

/// Why a chart cannot be rendered is said once: at the value, unless that is allowed.
fn refused_for_its_values() -> Outcome {
    let of = |inside: &str| {
        let mut shop = shop(&with(inside)).locked();
        let error = RenderError::from_helm(
            "Error: web/templates/web.yaml:1:5\n  executing \"web\" at <.Values.image.tag>:\n    no",
        );
        shop.answers.insert("web".to_owned(), Err(RenderFailure::Refused(error)));
        shop.compile()
    };
    expect(&of("values { image web; }"), &[("value-shape", "web")])?;
    expect(&of("values { image { tag web; }; }"), &[("chart-refuses", "\"web\"")])?;
    said(&of("values { image { tag web; }; }"), &["`templates/web.yaml:1` says: `.Values.image.tag`: no"])?;
    // Nor is what Kubernetes does not take of what came of it.
    let mut wrong = shop(&with("remove \"Secret/web-key\"\nvalues { hosts a; }")).locked();
    wrong.answers.insert("web".to_owned(), answered(&MANIFEST.replace("selector: {app: web}", "selector: a"), None));
    expect(&wrong.compile(), &[("value-shape", "a")])?;
    let allowed = "values { image web; allow \"HLC0430\" reason=\"the chart takes both\"; }";
    expect(&of(allowed), &[("chart-refuses", "\"web\"")])
}

fn defaults() -> Outcome {
    let compilation = shop(&format!("{ARGOCD} {{ values {{ replicas 1; image tag=\"2\"; }} }}")).locked().compile();
    expect(&compilation, &[])?;
    let hints: Vec<String> =
        compilation.pedantic.iter().map(|found| compilation.sources.text(found.primary.span).to_owned()).collect();
    if hints == ["1"] { Ok(()) } else { Err(format!("{hints:?}").into()) }
}

/// A chart that another Kubernetes refuses is reported once, by whoever brings it to the cluster, and not rendered.
fn kube_version() -> Outcome {
    let of = |chart: &str, version: &str| {
        let chart = chart.replace("repo=", &format!("kube-version=\"{version}\" repo="));
        let mut shop = shop(&chart).locked();
        shop.answers.insert("web".to_owned(), Err(RenderFailure::Other("it was asked".to_owned())));
        shop.compile()
    };
    expect(&of(ARGOCD, "1.34.0"), &[])?;
    expect(&of(ARGOCD, "1.19.3"), &[("chart-kube-version", "\"web\"")])?;
    expect(&of(RENDERED, "1.19.3"), &[("chart-kube-version", "\"web\"")])?;
    said(&of(RENDERED, "1.19.3"), &["takes Kubernetes >=1.20.0-0, not 1.19.3", "Kubernetes is 1.19.3 here"])?;
    expect(&of(RENDERED, "1.34.0"), &[("chart-not-rendered", "\"web\"")])
}

/// A definition that is written in the homelab is there for charts, served versions only, however it is written.
fn definitions_of_the_homelab() -> Outcome {
    let told = |definition: &str| {
        let compilation = shop(&format!("{ARGOCD}\n{definition}")).locked().compile();
        let release = compilation.charts.releases.iter().find(|release| release.name == "web");
        release.map(|release| release.capabilities.api_versions.iter().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    let wanted = ["example.net/v1", "example.net/v1/Widget"];
    let kdl = "CustomResourceDefinition \"widgets.example.net\" { spec group=\"example.net\" scope=Namespaced { names kind=Widget \
               plural=widgets; versions { - name=v1 served=#true storage=#true; - name=v0 served=#false storage=#false; }; }; }";
    let yaml = "CustomResourceDefinition \"widgets.example.net\" { spec (yaml)\"{group: example.net, names: {kind: Widget, plural: \
                widgets}, versions: [{name: v1, served: true}, {name: v0, served: false}]}\"; }";
    for definition in [kdl, yaml] {
        if told(definition) != wanted {
            return Err(format!("{definition}: {:?}", told(definition)).into());
        }
    }
    if told("").is_empty() { Ok(()) } else { Err("something is told without a definition".into()) }
}

/// Nobody who compiles or writes a homelab looks into the schema of a definition, which takes longer than everything else, until an
/// object of its kind has to be judged.
fn closed_schemas() -> Outcome {
    let definition = "---\n# Source: web/crds/widgets.yaml\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: \
                      {name: widgets.example.net}\nspec:\n  group: example.net\n  names: {kind: Widget, plural: widgets}\n  scope: \
                      Namespaced\n  versions:\n  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, \
                      properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}\n";
    let is_closed = |compilation: &Compilation| {
        let objects = compilation.plan.iter().flat_map(|plan| &plan.workloads).flat_map(|workload| &workload.objects);
        let definitions = objects.filter(|object| object.kind == "CustomResourceDefinition");
        let versions =
            definitions.filter_map(|definition| definition.body.at(&["spec", "versions"])?.as_list()).flatten();
        let schemas = versions.filter_map(|version| version.at(&["schema", "openAPIV3Schema"])?.as_map());
        schemas.map(Map::is_closed).collect::<Vec<_>>()
    };
    let compilation = shop(RENDERED).answer(definition).locked().compile();
    expect(&compilation, &[])?;
    let written = tree(&compilation)?;
    let text = written.get("web/CustomResourceDefinition.widgets.example.net.k8s.yaml").ok_or("no definition")?;
    if !text.contains("                size:\n                  type: integer\n") || is_closed(&compilation) != [true] {
        return Err(format!("closed: {:?}\n{text}", is_closed(&compilation)).into());
    }
    let widget = "Widget \"w\" apiVersion=\"example.net/v1\" { spec size=big; }";
    let judged = shop(&format!("{RENDERED}\n{widget}")).answer(definition).locked().compile();
    expect(&judged, &[("wrong-object-type", "big")])
}
