//! The direction of dependencies, read from the sources, as far as Cargo does not see to it: what a package may use stands in
//! its `Cargo.toml`.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

use syn::visit::Visit;

/// For each room of the product, the rooms it may name. A room that is not listed here does not exist yet.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "app",
            "audit",
            "config",
            "directory",
            "identity",
            "sdk",
            "telemetry",
            "tls",
            "upstream",
        ],
    ),
    (
        "app",
        &[
            "audit",
            "config",
            "directory",
            "gateway",
            "http",
            "identity",
            "resilience",
            "telemetry",
            "tls",
            "upstream",
        ],
    ),
    (
        "http",
        &["audit", "directory", "gateway", "identity", "sdk", "telemetry"],
    ),
    (
        "gateway",
        &["audit", "directory", "resilience", "telemetry", "upstream"],
    ),
    ("directory", &["identity", "resilience", "upstream"]),
    ("identity", &["upstream"]),
    ("upstream", &[]),
    ("audit", &[]),
    ("config", &[]),
    ("resilience", &[]),
    ("sdk", &[]),
    ("telemetry", &[]),
    ("tls", &[]),
];

/// Other packages that only these rooms may name.
const PACKAGES: &[(&str, &[&str])] = &[
    ("reqwest", &["upstream"]),
    ("actix_web", &["app", "http"]),
    ("tracing_actix_web", &["app", "http"]),
    ("prometheus_client", &["telemetry"]),
    ("tower", &["resilience"]),
    ("backon", &["resilience"]),
    ("simulator", &["cli"]),
    ("conformance", &["cli"]),
    ("store", &["app", "audit", "cli", "config", "gateway", "resilience"]),
];

/// Folders that know neither vendor, each with the vendors' modules beside it.
const KERNELS: &[(&[&str], [&str; 2])] = &[
    (&["domain"], ["empego", "junction"]),
    (&["root", "http", "edge"], ["empego", "junction"]),
    (&["root", "upstream", "wire"], ["empego", "junction"]),
    (&["root", "resilience"], ["empego", "junction"]),
];

/// A source file: its module, and every path that its code names, tests left out, from the root of its package or of another.
struct File {
    module: Vec<String>,
    named: BTreeSet<Vec<String>>,
    /// What it makes available under its own name, and where that is.
    exported: BTreeMap<String, Vec<String>>,
    secrets: bool,
    environment: bool,
    /// The files that it declares for tests alone.
    test_modules: BTreeSet<String>,
}

/// Every file of the product and of its packages. The first segment of a module is its package, `root` for the product.
fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let packages = [
        ("root", "src"),
        ("domain", "crates/domain/src"),
        ("simulator", "crates/simulator/src"),
        ("conformance", "crates/conformance/src"),
        ("store", "crates/store/src"),
    ];
    let mut files = Vec::new();
    for (package, folder) in packages {
        let base = root.join(folder);
        let mut folders = vec![base.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let relative = path.strip_prefix(&base).unwrap().with_extension("");
                    let mut module = vec![package.to_owned()];
                    module.extend(relative.iter().map(|part| part.to_str().unwrap().to_owned()));
                    if module.last().is_some_and(|last| last == "lib") {
                        module.pop();
                    }
                    files.push(File::read(&path, module));
                }
            }
        }
    }
    let for_tests: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|file| {
            let of_file = file.test_modules.iter();
            of_file.map(|name| [file.module.as_slice(), std::slice::from_ref(name)].concat())
        })
        .collect();
    files.retain(|file| !for_tests.iter().any(|tests| file.module.starts_with(tests)));
    files
}

impl File {
    fn read(path: &Path, module: Vec<String>) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = Reader {
            file: Self {
                module: module.clone(),
                named: BTreeSet::new(),
                exported: BTreeMap::new(),
                secrets: false,
                environment: false,
                test_modules: declared(&parsed.items, |module| is_test(&module.attrs)),
            },
            children: declared(&parsed.items, |_| true),
            here: module,
        };
        reader.visit_file(&parsed);
        reader.file
    }

    fn room(&self) -> &str {
        self.module.get(1).map_or("lib", String::as_str)
    }

    fn name(&self) -> String {
        self.module.join("/")
    }
}

/// The modules of these that a file declares, in files of their own.
fn declared(items: &[syn::Item], which: fn(&syn::ItemMod) -> bool) -> BTreeSet<String> {
    let modules = items.iter().filter_map(|item| {
        if let syn::Item::Mod(module) = item {
            Some(module)
        } else {
            None
        }
    });
    let declared = modules.filter(|module| module.content.is_none() && which(module));
    declared.map(|module| module.ident.to_string()).collect()
}

/// Collects what a file names.
struct Reader {
    file: File,
    children: BTreeSet<String>,
    /// The module that is being read: the file's, or one inside it.
    here: Vec<String>,
}

impl Reader {
    /// A path from the root of a package, if it is one of ours or of another package.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some([&self.here[..1], rest].concat()),
            "empego_gateway" => Some([&["root".to_owned()], rest].concat()),
            "self" => Some([self.here.as_slice(), rest].concat()),
            "super" => {
                let up = path.iter().take_while(|segment| *segment == "super").count();
                let depth = self.here.len().checked_sub(up)?;
                Some([&self.here[..depth], &path[up..]].concat())
            }
            child if self.here == self.file.module && self.children.contains(child) => {
                Some([self.here.as_slice(), path].concat())
            }
            _ => Some([&[String::new()], path].concat()),
        }
    }

    fn name(&mut self, path: &[String]) {
        if let Some(path) = self.absolute(path) {
            self.file.named.insert(path);
        }
    }

    /// Paths inside macros are tokens: `crate :: a :: b`.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end(&mut path);
                    }
                    colons = 0;
                    path.push(ident.to_string());
                }
                proc_macro2::TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => colons += 1,
                proc_macro2::TokenTree::Group(group) => {
                    self.end(&mut path);
                    colons = 0;
                    self.tokens(group.stream());
                }
                proc_macro2::TokenTree::Punct(_) | proc_macro2::TokenTree::Literal(_) => {
                    self.end(&mut path);
                    colons = 0;
                }
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.noticed(path);
            self.name(path);
        }
        path.clear();
    }

    fn noticed(&mut self, path: &[String]) {
        self.file.environment |= path
            .windows(2)
            .any(|pair| pair[0] == "std" && pair[1] == "env" || pair[0] == "env" && pair[1].starts_with("var"));
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

fn leaves(tree: &syn::UseTree, before: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let with = |name: String| [before, &[name]].concat();
    match tree {
        syn::UseTree::Path(path) => leaves(&path.tree, &with(path.ident.to_string()), found),
        syn::UseTree::Name(name) if name.ident == "self" => {
            found.push((before.to_vec(), before.last().cloned().unwrap_or_default()));
        }
        syn::UseTree::Name(name) => found.push((with(name.ident.to_string()), name.ident.to_string())),
        syn::UseTree::Rename(rename) => found.push((with(rename.ident.to_string()), rename.rename.to_string())),
        syn::UseTree::Glob(_) => found.push((before.to_vec(), "*".to_owned())),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_test(&module.attrs) {
            return;
        }
        if module.content.is_some() {
            self.here.push(module.ident.to_string());
            syn::visit::visit_item_mod(self, module);
            self.here.pop();
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_test(&function.attrs) {
            syn::visit::visit_item_fn(self, function);
        }
    }

    fn visit_item_use(&mut self, used: &'ast syn::ItemUse) {
        if is_test(&used.attrs) {
            return;
        }
        let mut found = Vec::new();
        leaves(&used.tree, &[], &mut found);
        for (path, name) in found {
            self.noticed(&path);
            // A name for others is no need of one's own.
            if matches!(used.vis, syn::Visibility::Inherited) {
                self.name(&path);
            } else if let Some(path) = self.absolute(&path) {
                self.file.exported.insert(name, path);
            }
        }
    }

    /// `pub(in …)` says which code may name something, and names nothing itself.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.noticed(&segments);
            self.name(&segments);
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.file.secrets |= call.method == "expose_secret";
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }
}

/// The file where a path leads, through whatever files pass its name on.
fn file_of<'a>(by_module: &BTreeMap<&'a [String], &'a File>, path: &[String]) -> Option<&'a File> {
    let mut path = path.to_vec();
    for _ in 0..8 {
        let (depth, file) = (1..=path.len())
            .rev()
            .find_map(|depth| Some((depth, *by_module.get(&path[..depth])?)))?;
        match path.get(depth).and_then(|name| file.exported.get(name)) {
            Some(elsewhere) if elsewhere.first().is_some_and(|package| !package.is_empty()) => {
                path = [elsewhere.as_slice(), &path[depth + 1..]].concat();
            }
            Some(_) | None => return Some(file),
        }
    }
    None
}

/// Which file needs which.
fn needs(files: &[File]) -> BTreeMap<String, BTreeSet<String>> {
    let by_module: BTreeMap<&[String], &File> = files.iter().map(|file| (file.module.as_slice(), file)).collect();
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let needed = file.named.iter().filter_map(|path| file_of(&by_module, path));
        let others = needed.map(File::name).filter(|other| *other != file.name());
        needs.insert(file.name(), others.collect());
    }
    needs
}

#[test]
fn arrows_never_go_up() {
    let mut seen = BTreeSet::new();
    for file in files() {
        if file.module[0] != "root" || file.module.len() < 2 {
            continue;
        }
        let room = file.room();
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{room} has no row in ARROWS"));
        for path in file.named.iter().chain(file.exported.values()) {
            let [package, named, ..] = path.as_slice() else {
                continue;
            };
            if package != "root" || named == room || !ARROWS.iter().any(|(name, _)| name == named) {
                continue;
            }
            assert!(allowed.contains(&named.as_str()), "{} names {named}", file.name());
            seen.insert((room.to_owned(), named.clone()));
        }
    }
    for (room, allowed) in ARROWS {
        for name in *allowed {
            assert!(
                seen.contains(&((*room).to_owned(), (*name).to_owned())),
                "{room} may name {name} and does not: the row is stale, or this test sees nothing"
            );
        }
    }
}

#[test]
fn no_file_needs_itself_by_way_of_others() {
    let needs = needs(&files());
    assert!(
        needs.values().map(BTreeSet::len).sum::<usize>() > 500,
        "this test sees nothing"
    );
    let circles: Vec<_> = needs
        .keys()
        .filter_map(|file| way_back(file, &needs))
        .map(|way| way.join(" → "))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

/// The shortest way from a file over others to itself, if there is one.
fn way_back(file: &str, needs: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut ways = VecDeque::from([vec![file.to_owned()]]);
    while let Some(way) = ways.pop_front() {
        for next in &needs[way.last()?] {
            let longer = [way.as_slice(), std::slice::from_ref(next)].concat();
            if next == file {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}

#[test]
fn what_both_vendors_share_names_neither() {
    let all = files();
    for (kernel, vendors) in KERNELS {
        let is_vendors = |module: &[String]| {
            let inside = module.get(kernel.len());
            inside.is_some_and(|name| vendors.contains(&name.as_str()))
        };
        let inside = all
            .iter()
            .filter(|file| file.module.starts_with(&kernel.map_owned()) && !is_vendors(&file.module));
        let mut count = 0;
        for file in inside {
            count += 1;
            for path in &file.named {
                let names_vendor = path.iter().any(|segment| vendors.contains(&segment.as_str()));
                assert!(!names_vendor, "{} names {}", file.name(), path.join("::"));
            }
        }
        assert!(count > 0, "nothing is in {kernel:?}");
    }
}

#[test]
fn a_vendor_does_not_name_the_other() {
    for file in files() {
        let of = |vendor: &str| file.module.iter().skip(1).any(|segment| segment == vendor);
        let other = match (of("empego"), of("junction")) {
            (true, false) => "junction",
            (false, true) => "empego",
            (true, true) | (false, false) => continue,
        };
        for path in &file.named {
            assert!(
                !path.iter().any(|segment| segment == other),
                "{} names {}",
                file.name(),
                path.join("::")
            );
        }
    }
}

#[test]
fn packages_stay_where_they_belong() {
    let mut seen = BTreeSet::new();
    for file in files() {
        if file.module[0] != "root" {
            continue;
        }
        for path in file.named.iter().chain(file.exported.values()) {
            let [package, named, ..] = path.as_slice() else {
                continue;
            };
            let row = PACKAGES.iter().find(|(name, _)| package.is_empty() && name == named);
            if let Some((name, allowed)) = row {
                assert!(allowed.contains(&file.room()), "{} names {name}", file.name());
                seen.insert((*name, file.room().to_owned()));
            }
        }
    }
    let expected = PACKAGES
        .iter()
        .flat_map(|(name, rooms)| rooms.iter().map(|room| (*name, (*room).to_owned())));
    assert_eq!(seen, expected.collect(), "a row is stale, or this test sees nothing");
}

#[test]
fn secrets_are_shown_and_the_environment_is_read_in_few_places() {
    let rooms_that = |does: fn(&File) -> bool| -> BTreeSet<String> {
        let all = files();
        let some = all.iter().filter(|file| file.module[0] == "root" && does(file));
        some.map(|file| file.room().to_owned()).collect()
    };
    let of = |rooms: &[&str]| rooms.iter().map(|room| (*room).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        rooms_that(|file| file.secrets),
        of(&["gateway", "http", "identity", "upstream"])
    );
    assert_eq!(rooms_that(|file| file.environment), of(&["config"]));
}

/// A module's path as files have it.
trait Owned {
    fn map_owned(&self) -> Vec<String>;
}

impl Owned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|segment| (*segment).to_owned()).collect()
    }
}
