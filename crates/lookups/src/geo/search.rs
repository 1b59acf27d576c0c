//! Where databases are looked for.

use crate::config;
use crate::context::read_config;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is known of the process: a function, so that tests have an environment of their own.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<OsString>;

/// The environment of this process.
pub(crate) fn process(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Files and folders, separated as those of `PATH` are.
pub(crate) const VARIABLE: &str = "HUNTSQL_MMDB";
/// Most databases that are asked at once.
const MAX_FILES: usize = 32;

/// The files to open: those of the option; if it has none, those of the variable; if that is not set, those of `geo: databases:` in the configuration; if
/// that names none, those of the user's data folder. `Err` goes on after "option 'database' ".
pub(crate) fn files(option: &[String], environment: Environment<'_>) -> Result<Vec<PathBuf>, String> {
    if !option.is_empty() {
        return named(option.iter().map(PathBuf::from)).map_err(|problem| format!("names {problem}"));
    }
    let variable: Vec<PathBuf> = environment(VARIABLE).map(|paths| std::env::split_paths(&paths).collect()).unwrap_or_default();
    let variable: Vec<PathBuf> = variable.into_iter().filter(|path| !path.as_os_str().is_empty()).collect();
    if !variable.is_empty() {
        return named(variable.into_iter()).map_err(|problem| format!("is not given, and {VARIABLE} names {problem}"));
    }
    let (config, path) = configured(environment).map_err(|problem| format!("is not given, {VARIABLE} is not set, and {problem}"))?;
    if !config.is_empty() {
        return named(config.into_iter())
            .map_err(|problem| format!("is not given, and geo: databases: in {} names {problem}", shown(&path)));
    }
    let folder = data_folder(environment);
    if let Some(Ok(files)) = folder.as_deref().map(in_folder)
        && !files.is_empty()
    {
        return bounded(files).map_err(|problem| format!("is not given, and there are {problem}"));
    }
    let looked = folder
        .map_or_else(|| "there is no home folder to look in".to_owned(), |folder| format!("there is no .mmdb file in {}", shown(&folder)));
    Err(format!(
        "is not given, {VARIABLE} is not set and {looked}; put a database there or name one: {{'database': 'GeoLite2-City.mmdb'}} (GeoLite2 of maxmind.com, \
         DB-IP Lite of db-ip.com and IPinfo Lite of ipinfo.io are free)"
    ))
}

/// The databases of the user's configuration, and where that is.
fn configured(environment: Environment<'_>) -> Result<(Vec<PathBuf>, PathBuf), String> {
    let environment = |name: &str| environment(name)?.into_string().ok().filter(|value| !value.is_empty());
    let Some(path) = config::default_path(&environment) else { return Ok(Default::default()) };
    let config = read_config(Some(&path), environment("HUNTSQL_CONFIG").is_some())?;
    Ok((config.geo_databases, path))
}

/// The folder of databases: `~/.local/share/huntsql/mmdb`, or where `XDG_DATA_HOME` says; below `LOCALAPPDATA` on Windows.
pub(super) fn data_folder(environment: Environment<'_>) -> Option<PathBuf> {
    // The XDG base directory specification has relative paths ignored.
    let absolute = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| if cfg!(windows) { absolute("LOCALAPPDATA") } else { absolute("HOME").map(|home| home.join(".local/share")) });
    data.map(|data| data.join("huntsql/mmdb"))
}

/// Files as they are, and the databases of folders.
fn named(paths: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        let problem = |why: String| format!("{}, which cannot be read: {why}", shown(&path));
        if std::fs::metadata(&path).map_err(|error| problem(error.to_string()))?.is_dir() {
            let found = in_folder(&path).map_err(problem)?;
            if found.is_empty() {
                return Err(format!("the folder {}, which has no .mmdb file", shown(&path)));
            }
            files.extend(found);
        } else {
            files.push(path);
        }
    }
    bounded(files)
}

fn bounded(files: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    if files.len() > MAX_FILES { Err(format!("{} databases, more than {MAX_FILES}", files.len())) } else { Ok(files) }
}

/// The databases of a folder by name, so that it does not depend on the disk which of them comes first.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_database(path)).collect();
    files.sort();
    Ok(files)
}

fn is_database(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mmdb")) && !name.starts_with('.') && path.is_file()
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_then_variable_then_folder() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("data/huntsql/mmdb")).unwrap();
        std::fs::create_dir_all(at("empty")).unwrap();
        for name in
            ["data/huntsql/mmdb/b.mmdb", "data/huntsql/mmdb/a.MMDB", "data/huntsql/mmdb/.part.mmdb", "data/huntsql/mmdb/readme.txt", "x.db"]
        {
            std::fs::write(at(name), "").unwrap();
        }
        let text = |name: &str| at(name).to_str().unwrap().to_owned();
        let ask = |option: &[String], set: &[(&str, String)]| {
            let set: Vec<(String, OsString)> = set.iter().map(|(name, value)| ((*name).to_owned(), value.into())).collect();
            files(option, &move |name| set.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        };
        let folder = vec![at("data/huntsql/mmdb/a.MMDB"), at("data/huntsql/mmdb/b.mmdb")];
        let home = ("XDG_DATA_HOME", text("data"));
        assert_eq!(ask(&[], std::slice::from_ref(&home)), Ok(folder.clone()));
        assert_eq!(ask(&[], &[home.clone(), (VARIABLE, text("x.db"))]), Ok(vec![at("x.db")]));
        assert_eq!(ask(&[], &[home.clone(), (VARIABLE, String::new())]), Ok(folder.clone()));
        let two = std::env::join_paths([at("x.db"), at("data/huntsql/mmdb")]).unwrap().into_string().unwrap();
        assert_eq!(ask(&[], &[(VARIABLE, two)]).map(|files| files.len()), Ok(3));
        assert_eq!(ask(&[text("x.db")], &[home.clone(), (VARIABLE, text("none"))]), Ok(vec![at("x.db")]));
        for (option, set, words) in [
            (vec![text("none")], vec![home.clone()], &["names '", "none', which cannot be read: No such file"][..]),
            (vec![text("empty")], vec![], &["names the folder '", "empty', which has no .mmdb file"]),
            (vec![], vec![(VARIABLE, text("none"))], &["is not given, and HUNTSQL_MMDB names '", "which cannot be read"]),
            (
                vec![],
                vec![("XDG_DATA_HOME", text("empty"))],
                &["HUNTSQL_MMDB is not set", "no .mmdb file in '", "empty/huntsql/mmdb'", "GeoLite2"],
            ),
            (vec![], vec![("HOME", text("empty"))], &["empty/.local/share/huntsql/mmdb'"]),
            (vec![], vec![("HOME", "relative".to_owned())], &["there is no home folder"]),
        ] {
            let problem = ask(&option, &set).unwrap_err();
            assert!(words.iter().all(|word| problem.contains(word)), "{problem}");
        }
        std::fs::write(at("config.yaml"), "geo: {databases: [x.db]}\n").unwrap();
        std::fs::write(at("none.yaml"), "geo: {databases: [none.mmdb]}\n").unwrap();
        std::fs::write(at("broken.yaml"), "geo: {database: [x.db]}\n").unwrap();
        let config = |name: &str| ("HUNTSQL_CONFIG", text(name));
        assert_eq!(ask(&[], &[home.clone(), config("config.yaml")]), Ok(vec![at("x.db")]));
        assert_eq!(ask(&[], &[(VARIABLE, text("data/huntsql/mmdb")), config("config.yaml")]), Ok(folder.clone()));
        assert_eq!(ask(&[text("x.db")], &[config("broken.yaml")]), Ok(vec![at("x.db")]));
        for (name, words) in [
            ("none.yaml", &["geo: databases: in '", "none.yaml' names '", "none.mmdb', which cannot be read"][..]),
            ("broken.yaml", &["HUNTSQL_MMDB is not set, and configuration ", "line 1", "did you mean 'databases'?"]),
            ("no.yaml", &["HUNTSQL_MMDB is not set, and configuration ", "no.yaml"]),
        ] {
            let problem = ask(&[], &[home.clone(), config(name)]).unwrap_err();
            assert!(words.iter().all(|word| problem.contains(word)), "{problem}");
        }
        assert!(ask(&vec![text("data/huntsql/mmdb"); 17], &[]).unwrap_err().contains("34 databases, more than 32"));
    }
}
