package main

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a zone has the same days on every machine, also in a container without zones

	"prorata/exporters"
	"prorata/importers"
	"prorata/jobs"
)

// setting is one key of the configuration that has one value. The list settings
// is the only place that names it: the file's reader, the environment, the flags,
// the schema, the commented file of init and the man page come from there.
type setting struct {
	key      string // dotted, as the file nests it
	flag     string // without dashes; empty where it has none
	fallback string
	doc      string
	usage    string                         // doc with what a flag takes in backquotes
	example  string                         // what init shows where the fallback is empty
	kind     string                         // path, text, count, choice, zone, cron, address
	check    func(string) (expected string) // empty where the value is right
	choices  []string                       // of a choice
	low, max int                            // of a count
}

// variable is the setting's name in the environment.
func (s *setting) variable() string {
	return "PRORATA_" + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

var settings = []*setting{
	path("inbox", "inbox", "inbox", "`folder` with the files as they were dropped"),
	checked("out", "out", "out", "`folder` that gets one folder of reports per run", "path", isNamed),
	checked("ledger", "ledger", "prorata.db", "the ledger's `file`; a run makes it where there is none", "path", isNamed),
	checked("formats", "formats", "all", "all, or a `list` of "+exporters.AllFormats.String()+"; csv is the registers alone, and the manifest is always written", "text", isFormats),
	checked("locale", "locale", "", "the `locale` of numbers and dates that nothing else settles: sv, de, en-GB, en-US, ...", "text", isLocale).like("sv"),
	checked("zone", "", "UTC", "the time zone of today, and of jobs that name none", "zone", isZone),

	checked("jobs.night.cron", "", "30 2 * * *", "when the night runs: minute, hour, day, month, weekday", "cron", jobs.CheckCron),
	checked("jobs.night.zone", "", "", "its time zone; empty is that of zone", "zone", isZone),
	count("jobs.night.catch_up_days", 31, 1, 3660, "nights missed in a row that are caught up; more need a person"),
	checked("jobs.ingest.cron", "", "*/5 * * * *", "when whole files are taken out of the inbox; off: never", "cron", jobs.CheckCron),
	checked("jobs.ingest.zone", "", "", "its time zone", "zone", isZone),
	count("jobs.ingest.quiet_seconds", 10, 0, 3600, "a file is whole when it is the same at two looks so far apart"),
	checked("jobs.verify.cron", "", "0 6 * * 0", "when everything is recomputed from the inputs kept; off: never", "cron", jobs.CheckCron),
	checked("jobs.verify.zone", "", "", "its time zone", "zone", isZone),

	count("reconcile.second_person_above", 10000, 0, 1000000000, "accepting a break needs two persons where more units of its currency are at stake"),

	checked("monitor.listen", "", "", "loopback address of /healthz, /readyz and /metrics; empty: none", "address", isLoopback).like("127.0.0.1:9464"),
	count("monitor.export_days", 3, 1, 366, "days without a new vendor export after which it counts as missing"),
	path("notices.url_file", "", "", "file with the webhook's address; or PRORATA_NOTICES_URL; empty: no notices").like("/run/secrets/prorata-webhook"),
	count("notices.expiring_days", 14, 1, 90, "a credit is told so many days before it expires"),
	choice("log.level", "info", "the least that is logged", "debug", "info", "warn", "error"),
	choice("log.format", "auto", "console, json, or auto: console on a terminal", "auto", "console", "json"),

	text("seller.name", "legal name, as on documents", "Exempel Moln AB"),
	text("seller.address", "street and number", "Storgatan 1"),
	text("seller.postal_code", "postal code", "111 22"),
	text("seller.city", "city", "Stockholm"),
	text("seller.country", "two letters, ISO 3166", "SE"),
	text("seller.vat_number", "VAT number, with its country", "SE556732170701"),
	text("seller.company_id", "registration number", "5567321707"),
	text("seller.tax_status", "a statement that the law asks for", "Godkänd för F-skatt"),
	text("seller.endpoint_id", "electronic address for e-invoices, scheme and id", "0007:5567321707"),
	text("seller.contact", "a person or a department", "Kundreskontra"),
	text("seller.email", "address for questions", "faktura@example.com"),
	text("seller.phone", "telephone", "+46 8 123 45 67"),
	text("seller.website", "website", "www.example.com"),
	text("seller.iban", "account that is paid to", "SE3550000000054910000003"),
	text("seller.bic", "the bank of that account", "ESSESESS"),
	text("seller.bankgiro", "bankgiro", "5050-1055"),
	text("seller.plusgiro", "plusgiro", "4940-9"),
	text("seller.payment_terms", "stated where a customer has something to pay", "30 days net"),
	path("seller.logo", "", "", "PNG or JPEG that stands on documents").like("logo.png"),
	text("seller.colour", "of titles and rules, as #rrggbb", "#1f4e79"),
	text("seller.shade", "behind headings and boxes, as #rrggbb", "#eef2f6"),
	text("seller.language", "of documents to accounts that name neither language nor country: sv or en", "sv"),
}

// secretURL is said by the environment alone: a webhook's address is a secret.
const secretURL = "PRORATA_NOTICES_URL"

func settingOf(key string) *setting {
	for _, s := range settings {
		if s.key == key {
			return s
		}
	}
	return nil
}

func (s *setting) like(example string) *setting {
	s.example = example
	return s
}

func checked(key, flag, fallback, doc, kind string, check func(string) string) *setting {
	return &setting{key: key, flag: flag, fallback: fallback, doc: strings.ReplaceAll(doc, "`", ""), usage: doc, kind: kind, check: check}
}

const maxText = 500

func isText(v string) string {
	if len(v) > maxText || strings.ContainsAny(v, "\n\r\x00") {
		return fmt.Sprintf("a text of one line, at most %d bytes", maxText)
	}
	return ""
}

// isNamed: an empty name is mostly a variable of a script that is not set.
func isNamed(v string) string {
	if v == "" {
		return "a name"
	}
	return isText(v)
}

func text(key, doc, example string) *setting {
	return checked(key, "", "", doc, "text", isText).like(example)
}

func path(key, flag, fallback, doc string) *setting {
	return checked(key, flag, fallback, doc, "path", isText)
}

func choice(key, fallback, doc string, values ...string) *setting {
	s := checked(key, "", fallback, doc, "choice", func(v string) string {
		if slices.Contains(values, v) {
			return ""
		}
		return "one of " + strings.Join(values, ", ")
	})
	s.choices = values
	return s
}

func count(key string, fallback, low, max int, doc string) *setting {
	s := checked(key, "", strconv.Itoa(fallback), doc, "count", func(v string) string {
		if n, err := strconv.Atoi(v); err != nil || n < low || n > max {
			return fmt.Sprintf("a whole number from %d to %d", low, max)
		}
		return ""
	})
	s.low, s.max = low, max
	return s
}

func isFormats(v string) string {
	if _, err := exporters.ParseFormats(v); err != nil {
		return "all, or a list of formats: " + err.Error()
	}
	return ""
}

func isLocale(v string) string {
	if _, err := importers.ParseLocale(v); err != nil {
		return "a locale, as sv or en-US: " + err.Error()
	}
	return ""
}

func isZone(v string) string {
	if v == "Local" {
		return "a zone by its name, as Europe/Stockholm: Local is another one on another machine"
	}
	if _, err := time.LoadLocation(v); err != nil {
		return "a time zone by its name, as Europe/Stockholm or UTC"
	}
	return ""
}

// isLoopback: what is told there is nobody else's business, and it asks for no password.
func isLoopback(v string) string {
	host, port, err := net.SplitHostPort(v)
	n, perr := strconv.Atoi(port)
	if v != "" && (err != nil || perr != nil || n < 0 || n > 65535 || host != "localhost" && !net.ParseIP(host).IsLoopback()) {
		return "a loopback address with a port, as 127.0.0.1:9464"
	}
	return ""
}
