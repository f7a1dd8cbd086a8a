//! `hlc import`

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser as _;
use hlc_delivery::{DiskInputs, FILE_LIMIT};
use hlc_diag::{FileId, Span};
use hlc_kube::YamlError;
use hlc_model::import;
use hlc_model::{DirEntry, InputError, Inputs};
use hlc_schema::{Data, DataValue};

use crate::args::stack::ImportResource;
use crate::args::{Args, Import, ImportTarget, ImportYaml};
use crate::commands::stack;
use crate::console::{Console, Exit, usage};
use crate::failure::Failure;
use crate::project;

/// What stands for stdin.
const STDIN: &str = "-";

pub(crate) fn run(args: &Args, what: &Import, console: &Console) -> Result<Exit, Failure> {
    match what {
        Import::Values { file, target } => values(file, target, console),
        Import::Yaml(options) => yaml(args, options, console),
        Import::Resource(words) => resource(args, words, console),
    }
}

/// `hlc import core/STACK ADDRESS ID`: what follows `import` is no name of a command, but of a stack.
fn resource(args: &Args, words: &[String], console: &Console) -> Result<Exit, Failure> {
    let words = std::iter::once("hlc import").chain(words.iter().map(String::as_str));
    match ImportResource::try_parse_from(words) {
        Ok(options) => stack::import::run(args, &options, console),
        Err(error) => Ok(usage(&error)),
    }
}

fn values(file: &Path, target: &ImportTarget, console: &Console) -> Result<Exit, Failure> {
    let text = read(file)?;
    let data = hlc_kube::data_from_yaml(&text, nowhere()).map_err(|error| not_taken(file, &error))?;
    let empty = hlc_schema::Map::new();
    let map = match &data.value {
        DataValue::Map(map) => map,
        DataValue::Null => &empty,
        DataValue::Bool(_)
        | DataValue::Integer(_)
        | DataValue::Float(_)
        | DataValue::String(_)
        | DataValue::List(_)
        | DataValue::Deferred(_) => {
            return Err(Failure::new(format!(
                "`{}` holds {}, not the values of a chart",
                file.display(),
                data.describe()
            ))
            .help("chart values are a map; for Kubernetes objects use `hlc import yaml`"));
        }
    };
    say_comments(hlc_kube::count_yaml_comments(&text), console);
    write(&import::values(map), target, console)
}

fn yaml(args: &Args, options: &ImportYaml, console: &Console) -> Result<Exit, Failure> {
    // A project is of use, not needed: with one, routes and secrets are told from plain objects.
    let project = if args.project.is_some() { Some(project::find(args)?) } else { project::find(args).ok() };
    let inputs = match &project {
        Some(project) => {
            let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
            Some((inputs, project.root.as_str()))
        }
        None => None,
    };
    let replaced = project.as_ref().and_then(|project| within(&project.folder, options.target.out.as_deref()?));
    let inputs = inputs.map(|(inputs, root)| (Without { inputs, replaced }, root));
    let known = inputs.as_ref().map(|(inputs, root)| (inputs as &dyn Inputs, *root));
    let mut texts = Vec::new();
    let mut comments = 0;
    let paths = workloads(options)?;
    for path in &paths {
        let mut documents: Vec<Data> = Vec::new();
        for file in files(path)? {
            let text = read(&file)?;
            let read = hlc_kube::documents_from_yaml(&text, nowhere()).map_err(|error| not_taken(&file, &error))?;
            documents.extend(read);
            comments += hlc_kube::count_yaml_comments(&text);
        }
        let name = options.name.clone().map_or_else(|| name_of(path), Ok)?;
        let place = import::Place { name: &name, category: &options.category };
        let imported = import::workload(place, documents, known)
            .map_err(|error| Failure::new(format!("`{}`: {error}", path.display())))?;
        for note in &imported.notes {
            let of = if paths.len() > 1 { format!("{name}: ") } else { String::new() };
            console.say(&format!("note: {of}{note}"));
        }
        texts.push(imported.text);
    }
    if paths.len() > 1 {
        console.say(&format!("note: {} workloads, one for each folder; with --name it is one", paths.len()));
    }
    say_comments(comments, console);
    write(&texts.join("\n"), &options.target, console)
}

/// What becomes a workload each: the path itself, or the folders in it if it holds several and no file of its own.
fn workloads(options: &ImportYaml) -> Result<Vec<PathBuf>, Failure> {
    let path = &options.path;
    if options.name.is_some() || path.as_os_str() == STDIN || !path.is_dir() {
        return Ok(vec![path.clone()]);
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for file in files(path)? {
        let below = file.strip_prefix(path).unwrap_or(&file);
        let mut parts = below.components();
        match (parts.next(), parts.next()) {
            (Some(folder), Some(_)) => folders.push(path.join(folder)),
            _ => return Ok(vec![path.clone()]),
        }
    }
    folders.dedup();
    Ok(if folders.len() > 1 { folders } else { vec![path.clone()] })
}

/// The path of a file from a folder that it is in; `None` for one that is not there or elsewhere.
fn within(folder: &Path, file: &Path) -> Option<String> {
    let (folder, file) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
    let parts = file.strip_prefix(folder).ok()?.components();
    let parts = parts.map(|part| part.as_os_str().to_str()).collect::<Option<Vec<_>>>()?;
    Some(parts.join("/"))
}

/// A project without what stands in the file that is about to be replaced: an earlier import of the same workload would stand
/// beside the new one.
struct Without {
    inputs: DiskInputs,
    replaced: Option<String>,
}

impl Inputs for Without {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        if self.replaced.as_deref() == Some(path) { Ok(Arc::from("")) } else { self.inputs.read(path) }
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        self.inputs.list(folder)
    }
}

/// hlc has no place for what it reads here: the input is not part of the project.
fn nowhere() -> Span {
    Span::new(FileId::new(0), 0, 0)
}

fn not_taken(file: &Path, error: &YamlError) -> Failure {
    Failure::new(format!("{}:{}:{}: {}", file.display(), error.line, error.column, error.message))
        .help("mend it there and import again; nothing was written")
}

fn say_comments(count: usize, console: &Console) {
    match count {
        0 => {}
        1 => console.say("note: 1 comment is not carried over"),
        many => console.say(&format!("note: {many} comments are not carried over")),
    }
}

/// The name of the folder, or of the file without its endings.
fn name_of(path: &Path) -> Result<String, Failure> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = if real.is_dir() { name } else { name.split('.').next().unwrap_or_default() };
    if name.is_empty() || path.as_os_str() == STDIN {
        return Err(Failure::new("the workload has no name").help("give it one with --name"));
    }
    Ok(name.to_owned())
}

/// The file itself, or the YAML files below the folder in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.as_os_str() == STDIN || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(|error| Failure::open(&folder, &error))? {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::new(format!("there is no YAML file in `{}`", path.display())));
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let limit = FILE_LIMIT + 1;
    let done = if path.as_os_str() == STDIN {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    done.map_err(|error| Failure::open(path, &error))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(Failure::new(format!("`{}` is larger than {} MiB", path.display(), FILE_LIMIT >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        Failure::new(format!("`{}` is not UTF-8 text (byte {byte})", path.display())).help("save it as UTF-8")
    })
}

fn write(text: &str, target: &ImportTarget, console: &Console) -> Result<Exit, Failure> {
    let Some(out) = &target.out else {
        console.data(|out| out.write_all(text.as_bytes()))?;
        return Ok(Exit::Success);
    };
    let failed = |error: io::Error| Failure::new(format!("cannot write `{}`: {error}", out.display()));
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match fs::File::options().write(true).create_new(true).open(out) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && target.overwrite => {
            hlc_delivery::rewrite(out, text).map_err(failed)?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!("`{}` is there already", out.display()))
                .help("name another file, or replace it with --overwrite"));
        }
        Err(error) => return Err(failed(error)),
    }
    console.say(&format!("wrote {}", out.display()));
    Ok(Exit::Success)
}
