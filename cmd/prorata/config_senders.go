package main

import (
	"strings"

	"gopkg.in/yaml.v3"

	"prorata/invoicing/spelling"
	"prorata/jobs"
)

// maxSenders bounds the senders, and the columns of each.
const maxSenders = 1000

// senders reads what is known of senders, by the names of their folders.
func (r *configReader) senders(n *yaml.Node) {
	if n.Kind != yaml.MappingNode || len(n.Content) > 2*maxSenders {
		r.fault(n, "senders", `expected what is known of each, by the name of the folder: anna: {locale: sv, columns: {"Vår ref": RequestId}}`)
		return
	}
	r.cfg.senders = map[string]jobs.Sender{}
	for k, v := range r.pairs(n, "senders.") {
		key := "senders." + shorten(k.Value)
		switch {
		case !jobs.IsSender(k.Value):
			r.fault(k, key, "is no folder of a sender: the inbox keeps processed, returned and what begins with a dot for itself")
		case v.Kind != yaml.MappingNode:
			r.fault(v, key, "expected locale or columns")
		default:
			r.cfg.senders[k.Value] = r.sender(v, key)
		}
	}
}

// sender reads one, and tries it: what it knows has to be so.
func (r *configReader) sender(n *yaml.Node, key string) (of jobs.Sender) {
	for k, v := range r.pairs(n, key+".") {
		switch {
		case k.Value == "locale" && v.Kind == yaml.ScalarNode:
			of.Locale = v.Value
		case k.Value == "columns" && v.Kind == yaml.MappingNode && len(v.Content) <= 2*maxSenders:
			of.Columns = map[string]string{}
			for theirs, ours := range r.pairs(v, key+".columns.") {
				of.Columns[theirs.Value] = ours.Value
			}
		case k.Value == "columns":
			r.fault(v, key+".columns", `expected what the sender calls a column, and the column: "Vår ref": RequestId`)
		default:
			r.fault(k, key+"."+shorten(k.Value), "unknown key; the nearest key is %s", spelling.Nearest(k.Value, []string{"locale", "columns"}))
		}
	}
	if _, err := jobs.NewSenders("", map[string]jobs.Sender{"it": of}); err != nil {
		r.fault(n, key, "%s", strings.TrimPrefix(err.Error(), "sender it: "))
	}
	return of
}

// readings is how files are read. What it is made of was tried when it was said.
func (cfg *config) readings() jobs.Senders {
	s, _ := jobs.NewSenders(cfg.text("locale"), cfg.senders)
	return s
}
