package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"prorata/jobs"
)

// configure is the verb that checks the configuration, or writes its schema.
func configure(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("config", flag.ContinueOnError)
	said := c.settings(f)
	asJSON := f.Bool("json", false, "print it as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	switch strings.Join(rest, " ") {
	case "check":
		return checkConfig(c, said, *asJSON)
	case "schema":
		return writeJSON(c, schema())
	}
	return usageError{"say config check, or config schema"}
}

type settingJSON struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"said_by"`
}

// checkConfig reads everything that the configuration names, and shows what
// holds and who said it.
func checkConfig(c *console, said *given, asJSON bool) error {
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	if names := c.strangers(); len(names) > 0 {
		return usageError{fmt.Sprintf("%s is no setting; there are %s", strings.Join(names, ", "), strings.Join(variables(), ", "))}
	}
	chain, err := cfg.policies()
	if err != nil {
		return err
	}
	if _, err := cfg.webhook(c); err != nil {
		return err
	}
	if _, err := cfg.seller(); err != nil {
		return err
	}
	var all []settingJSON
	for _, link := range chain {
		all = append(all, settingJSON{"policies", strings.TrimSpace(link.Policy.ID + " " + link.From.String()), cfg.saidPolicies()})
	}
	for _, s := range settings {
		if v := cfg.said[s.key]; v != "" {
			all = append(all, settingJSON{s.key, v, cfg.origin[s.key]})
		}
	}
	if asJSON {
		return writeJSON(c, all)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Key, s.Value, s.Origin)
	}
	return w.Flush()
}

// saidPolicies tells who chose the policies.
func (cfg *config) saidPolicies() string {
	switch {
	case cfg.policy != "":
		return policyVariable
	case len(cfg.chain) > 0:
		return fmt.Sprintf("%s:%d", cfg.file, cfg.chain[0].line)
	}
	return "default"
}

// schema is a JSON schema of prorata.yaml, for editors.
func schema() map[string]any {
	root := object("the configuration of prorata")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	for _, s := range settings {
		section, name := sectionOf(root, s.key)
		section[name] = s.schema()
	}
	date := map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	link := object("a policy and the date from which it holds")
	link["properties"] = map[string]any{"id": map[string]any{"type": "string"}, "file": map[string]any{"type": "string"}, "from": date}
	for _, l := range lists {
		section, name := sectionOf(root, l.key)
		switch l.key {
		case "policies":
			section[name] = map[string]any{"type": "array", "minItems": 1, "items": link, "description": l.doc}
		case "series":
			section[name] = map[string]any{"type": "object", "description": l.doc, "additionalProperties": false,
				"patternProperties": map[string]any{seriesForm.String(): map[string]any{"type": "integer", "minimum": 1, "maximum": maxFirstNumber}}}
		case "senders":
			sender := object("")
			sender["properties"] = map[string]any{"locale": map[string]any{"type": "string"},
				"columns": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}}
			section[name] = map[string]any{"type": "object", "description": l.doc, "additionalProperties": sender}
		case "seller.accounts":
			text := map[string]any{"type": "string"}
			item := object("")
			item["properties"] = map[string]any{"account": text, "number": map[string]any{"type": []string{"string", "integer"}}, "name": text}
			section[name] = map[string]any{"type": "array", "items": item, "description": l.doc}
		default:
			section[name] = map[string]any{"type": "array", "items": map[string]any{"enum": jobs.Events}, "description": l.doc}
		}
	}
	return root
}

func object(doc string) map[string]any {
	return map[string]any{"type": "object", "description": doc, "additionalProperties": false, "properties": map[string]any{}}
}

// sectionOf returns the properties that a dotted key stands among, and its last part.
func sectionOf(root map[string]any, key string) (map[string]any, string) {
	parts := strings.Split(key, ".")
	for _, part := range parts[:len(parts)-1] {
		properties := root["properties"].(map[string]any)
		if properties[part] == nil {
			properties[part] = object("")
		}
		root = properties[part].(map[string]any)
	}
	return root["properties"].(map[string]any), parts[len(parts)-1]
}

func (s *setting) schema() map[string]any {
	m := map[string]any{"description": s.doc, "type": "string"}
	if s.fallback != "" {
		m["default"] = s.fallback
	}
	switch s.kind {
	case "count":
		m["type"], m["minimum"], m["maximum"], m["default"] = "integer", s.low, s.max, atoi(s.fallback)
	case "text":
		m["type"] = []string{"string", "number"} // 5567321707 needs no quotes
	case "choice":
		m["enum"] = s.choices
	default:
		if s.check("") != "" {
			m["minLength"] = 1
		}
	}
	return m
}
