//! The feed: the same tables as in the files, by OData 4.0 (OASIS, "OData Version 4.0" and "OData JSON Format 4.0"), read only, so
//! that a spreadsheet can follow a collection while it goes on.
//!
//! Pages are driven from here: each ends with the address of the next. A page begins after a story's place, which never changes,
//! so whoever reads page after page meets each story once, whatever comes in meanwhile.

use super::cell::Kind;
use super::reading::Reading;
use super::tables::{Column, Table, Tables};
use super::{Ask, Export};
use crate::audit::What;
use crate::enrolment::ADDRESS;
use crate::error::Result;
use crate::store::Person;
use crate::{Headquarters, unix_now};
use blon_core::id::CampaignId;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The most rows of one page.
const ROWS: usize = 500;

/// After how many pages of stories a page of rows ends, however few it has: of a story that is held back there is no row.
const READ: usize = 10;

/// How long, in seconds, one entry of the audit log stands for what somebody reads: a feed is asked for again and again.
const NOTED: i64 = 3600;

/// What a feed's reader asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// At most so many rows.
    pub top: Option<u64>,
    /// After so many rows.
    pub skip: u64,
    /// Whether all rows are to be counted.
    pub count: bool,
    /// Only these columns; all where it is empty.
    pub select: Vec<String>,
    /// Where the page before ended: the place of a story, and how many rows of the one in the very next place were in it.
    pub after: (i64, usize),
}

/// Why a feed does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Whether it is right to ask so, and only this feed cannot.
    pub unsupported: bool,
    /// Why, for who made the request.
    pub message: String,
}

impl Query {
    /// Reads what stands after the `?`. What OData knows and this feed does not is refused, not passed over: an answer that
    /// leaves a filter out would be a wrong one. Names without `$` are no business of OData's.
    ///
    /// # Errors
    /// What cannot be read, or is not supported.
    pub fn read(options: &[(String, String)]) -> std::result::Result<Query, Refused> {
        let wrong = |message: String| Refused { unsupported: false, message };
        let mut query = Query::default();
        let mut seen = Vec::new();
        for (name, value) in options.iter().filter(|(name, _)| name.starts_with('$')) {
            if seen.contains(&name) {
                return Err(wrong(format!("{name} stands there twice")));
            }
            seen.push(name);
            let number = || {
                value.parse::<u64>().map_err(|_| wrong(format!("{name} is a whole number, not {value:?}")))
            };
            match name.as_str() {
                "$top" => query.top = Some(number()?),
                "$skip" => query.skip = number()?,
                "$count" => {
                    query.count = value.parse().map_err(|_| wrong(format!("{name} is true or false")))?;
                }
                "$select" if value.trim() == "*" => {}
                "$select" => query.select = value.split(',').map(|name| name.trim().to_owned()).collect(),
                "$skiptoken" => {
                    let place = value
                        .split_once('.')
                        .and_then(|(story, rows)| Some((story.parse().ok()?, rows.parse().ok()?)));
                    query.after =
                        place.ok_or_else(|| wrong(format!("{name} is what an earlier page gave")))?;
                }
                "$format" if value == "json" || value.starts_with("application/json") => {}
                _ => {
                    let message = format!("{name}={value} is not supported by this feed");
                    return Err(Refused { unsupported: true, message });
                }
            }
        }
        Ok(query)
    }
}

/// One page of a feed.
pub struct FeedPage {
    /// Its rows.
    pub rows: Vec<Map<String, Value>>,
    /// How many there are in all, where that was asked for.
    pub count: Option<u64>,
    /// What to ask for next; `None` after the last.
    pub next: Option<Query>,
}

impl Headquarters {
    /// Gets a feed ready. What is read of `set` is noted in the audit log, once an hour.
    ///
    /// # Errors
    /// `forbidden` for who does not analyse or supervise; `campaign_not_found`.
    pub fn prepare_feed(&self, campaign: &CampaignId, reader: &Person, set: Option<&str>) -> Result<Export> {
        let export = self.export_of(campaign, Some(reader), Ask::default())?;
        if let Some(set) = set.filter(|set| export.tables.set(set).is_some()) {
            let (who, about, now) = (&reader.name, format!("{campaign} odata/{set}"), unix_now());
            let noted = |tx: &crate::store::Tx| tx.is_noted_since(who, What::Exported, &about, now - NOTED);
            if !self.store.read(noted)? {
                self.store.write(|tx| tx.note(Some(who), What::Exported, &about))?;
            }
            self.refresh()?;
        }
        Ok(export)
    }

    /// Where the feed of a campaign is, as people are told the address of headquarters.
    ///
    /// # Errors
    /// Those of the database.
    pub fn feed_address(&self, campaign: &CampaignId) -> Result<String> {
        let address = self.store.read(|tx| tx.setting(ADDRESS))?.unwrap_or_default();
        Ok(format!("{}/api/campaigns/{campaign}/odata", address.trim_end_matches('/')))
    }

    /// One page of a table.
    ///
    /// # Errors
    /// Those of the database.
    pub fn feed(&self, export: &Export, table: &Table, query: &Query) -> Result<FeedPage> {
        let count = if query.count { Some(self.feed_count(export, table)?) } else { None };
        let (after, done) = query.after;
        let begun = after.saturating_add(1);
        let (mut skip, mut left) = (query.skip, query.top.unwrap_or(u64::MAX));
        let (mut rows, mut reading) = (Vec::new(), Reading::after(self, export, after));
        let next = |after: (i64, usize), skip: u64, left: u64| {
            let top = query.top.map(|_| left);
            Some(Query { top, skip, count: false, select: query.select.clone(), after })
        };
        for read in 1.. {
            let page = if left == 0 { break } else { reading.page()? };
            for outgoing in &page.stories {
                let own = export.tables.rows(table, outgoing);
                let done = if outgoing.place == begun { done } else { 0 };
                for (number, row) in own.into_iter().enumerate().skip(done) {
                    if skip > 0 {
                        skip -= 1;
                    } else if left == 0 {
                        return Ok(FeedPage { rows, count, next: None });
                    } else if rows.len() == ROWS {
                        let within = (outgoing.place - 1, number);
                        return Ok(FeedPage { rows, count, next: next(within, skip, left) });
                    } else {
                        left -= 1;
                        let columns = table.columns.iter().zip(&row);
                        let wanted = columns.filter(|(column, _)| {
                            query.select.is_empty() || query.select.contains(&column.name)
                        });
                        let cell = |(column, cell): (&Column, &super::cell::Cell)| {
                            (column.name.clone(), cell.in_feed(column.kind))
                        };
                        rows.push(wanted.map(cell).collect());
                    }
                }
            }
            let Some(place) = page.next else { break };
            if left > 0 && (rows.len() == ROWS || read == READ) {
                return Ok(FeedPage { rows, count, next: next((place, 0), skip, left) });
            }
        }
        Ok(FeedPage { rows, count, next: None })
    }

    /// How many rows a table has.
    ///
    /// # Errors
    /// Those of the database.
    pub fn feed_count(&self, export: &Export, table: &Table) -> Result<u64> {
        let mut count = 0;
        Reading::after(self, export, 0).each(&|| false, |outgoing| {
            count += export.tables.rows(table, outgoing).len() as u64;
            Ok(())
        })?;
        Ok(count)
    }
}

impl Export {
    /// Its tables.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }
}

impl Tables {
    /// The table that the feed calls so.
    pub fn set(&self, name: &str) -> Option<&Table> {
        self.all.iter().find(|table| table.set == name)
    }

    /// The service document: which tables there are.
    pub fn service(&self, address: &str) -> Value {
        let set = |table: &Table| json!({ "name": table.set, "kind": "EntitySet", "url": table.set });
        let sets: Vec<Value> = self.all.iter().map(set).collect();
        json!({ "@odata.context": format!("{address}/$metadata"), "value": sets })
    }

    /// The tables and their columns in the language of OData (CSDL), with what the feed does not do, so that a reader who asks
    /// first does it by itself.
    pub fn metadata(&self) -> String {
        let mut xml = String::from(HEAD);
        for table in &self.all {
            let _ = write!(xml, "<EntityType Name=\"{}Row\"><Key>", escaped(&table.set));
            for name in table.key {
                let _ = write!(xml, "<PropertyRef Name=\"{name}\"/>");
            }
            xml.push_str("</Key>");
            for column in &table.columns {
                let null = if table.key.contains(&column.name.as_str()) { " Nullable=\"false\"" } else { "" };
                let (name, kind) = (escaped(&column.name), edm(column.kind));
                let _ = write!(xml, "<Property Name=\"{name}\" Type=\"{kind}\"{null}/>");
            }
            xml.push_str("</EntityType>");
        }
        xml.push_str("<EntityContainer Name=\"Container\">");
        for table in &self.all {
            let set = escaped(&table.set);
            let _ =
                write!(xml, "<EntitySet Name=\"{set}\" EntityType=\"Blon.{set}Row\">{CANNOT}</EntitySet>");
        }
        xml.push_str("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>");
        xml
    }
}

const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:Reference Uri="https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml"><edmx:Include Namespace="Org.OData.Capabilities.V1"/></edmx:Reference><edmx:DataServices><Schema Namespace="Blon" xmlns="http://docs.oasis-open.org/odata/ns/edm">"#;

/// What the feed does not do.
const CANNOT: &str = r#"<Annotation Term="Org.OData.Capabilities.V1.FilterRestrictions"><Record><PropertyValue Property="Filterable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.SortRestrictions"><Record><PropertyValue Property="Sortable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.ExpandRestrictions"><Record><PropertyValue Property="Expandable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.SearchRestrictions"><Record><PropertyValue Property="Searchable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.InsertRestrictions"><Record><PropertyValue Property="Insertable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.UpdateRestrictions"><Record><PropertyValue Property="Updatable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.DeleteRestrictions"><Record><PropertyValue Property="Deletable" Bool="false"/></Record></Annotation><Annotation Term="Org.OData.Capabilities.V1.IndexableByKey" Bool="false"/>"#;

fn edm(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Edm.String",
        Kind::Number => "Edm.Int32",
        Kind::Long => "Edm.Int64",
        Kind::Decimal => "Edm.Double",
        Kind::Date => "Edm.Date",
        Kind::Moment => "Edm.DateTimeOffset",
        Kind::YesNo => "Edm.Boolean",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[(&str, &str)]) -> std::result::Result<Query, Refused> {
        let owned: Vec<_> = options.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Query::read(&owned)
    }

    #[test]
    fn what_the_feed_cannot_do_is_refused_and_not_passed_over() {
        for option in ["$filter", "$orderby", "$expand", "$search", "$apply", "$of_next_year"] {
            assert!(read(&[(option, "x")]).unwrap_err().unsupported, "{option}");
        }
        assert!(read(&[("$format", "xml")]).unwrap_err().unsupported);
        for wrong in [("$top", "-1"), ("$skip", "x"), ("$count", "yes"), ("$skiptoken", "12")] {
            assert!(!read(&[wrong]).unwrap_err().unsupported, "{wrong:?}");
        }
        assert!(!read(&[("$top", "1"), ("$top", "2")]).unwrap_err().unsupported);
        let query = read(&[("$top", "7"), ("$skiptoken", "12.3"), ("$select", "title, now"), ("mine", "x")]);
        let expected = Query {
            top: Some(7),
            after: (12, 3),
            select: vec!["title".to_owned(), "now".to_owned()],
            ..Query::default()
        };
        assert_eq!(query.unwrap(), expected);
    }
}
