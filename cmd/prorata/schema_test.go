package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A count is decimal, also with a zero before it: 0100 units are a hundred, not 64.
func TestCountIsDecimal(t *testing.T) {
	c := &console{environ: []string{"PRORATA_RECONCILE_SECOND_PERSON_ABOVE=0100"}}
	cfg, err := (&given{c: c}).resolve()
	if err != nil || cfg.number("reconcile.second_person_above") != 100 {
		t.Errorf("%d, %v", cfg.number("reconcile.second_person_above"), err)
	}
}

// The schema that editors use and the reader of prorata.yaml say the same of what
// is right, and of what is wrong in its form: one key of each kind, and each list.
func TestSchemaIsTheReaders(t *testing.T) {
	whole := regexp.MustCompile(`(?m)^#(  |\S)`).ReplaceAllString(commented(), "$1") // what init writes, nothing of it commented out
	cases := []struct {
		yaml string
		ok   bool
	}{
		{whole, true},
		{"zone: Europe/Stockholm\njobs: {night: {cron: \"30 2 * * *\", catch_up_days: 40}}", true},
		{"jobs: {night: {catch_up_days: 0}}", false},
		{"jobs: {night: {catch_up_days: many}}", false},
		{"jobs: {night: {cronn: x}}", false},
		{"jobs: often", false},
		{"inbx: in", false},
		{"inbox: \"\"", true},
		{"out: \"\"", false},
		{"log: {level: loud}", false},
		{"log: {level: inf}", false},
		{"log: {level: debug}", true},
		{"policies: []", false},
		{"policies: [{id: azure-2020}, {id: azure-2023, from: 2023-10-16}]", true},
		{"policies: [{id: azure-2020}, {id: azure-2023, from: soon}]", false},
		{"policies: [{id: azure-2020, until: 2023-10-16}]", false},
		{"series: {CN-2026: 4712}", true},
		{"series: {CN: 4712}", false},
		{"series: {CN-2026: 0}", false},
		{"senders: {anna: {locale: sv, columns: {\"Vår ref\": RequestId}}}", true},
		{"senders: {anna: {lokale: sv}}", false},
		{"senders: {anna: sv}", false},
		{"notices: {on: [failure, breaks]}", true},
		{"notices: {on: [failures]}", false},
		{"seller: {name: Exempel, accounts: [{account: \"Revenue:Reservations\", number: 3041}]}", true},
		{"seller: {accounts: [{konto: 3041}]}", false},
	}
	form := viaJSON(t, schema())
	for _, c := range cases {
		path := filepath.Join(t.TempDir(), configName)
		if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		_, read := (&given{c: &console{}, config: path, flags: map[string]string{}}).resolve()
		var doc any
		if err := yaml.Unmarshal([]byte(c.yaml), &doc); err != nil {
			t.Fatalf("%s: %v", c.yaml, err)
		}
		wrong := misfit(form, plain(doc), "")
		if (read == nil) != c.ok || (wrong == "") != c.ok {
			t.Errorf("%.60s: right is %v, the reader says %v, the schema %q", c.yaml, c.ok, read, wrong)
		}
	}
}

// plain is what YAML reads as an editor sees it: dates are texts.
func plain(v any) any {
	b, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(regexp.MustCompile(`"(\d{4}-\d\d-\d\d)T00:00:00Z"`).ReplaceAll(b, []byte(`"$1"`)), &out)
	return out
}

func viaJSON(t *testing.T, v any) (out map[string]any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// misfit says where a value does not fit a schema, of those words of JSON Schema
// that ours uses. A word that it does not know is a misfit, so that none goes untried.
func misfit(form map[string]any, v any, at string) string {
	for word := range form {
		switch word {
		case "$schema", "description", "default", "type", "enum", "minimum", "maximum", "minLength", "pattern", "minItems", "items", "properties", "patternProperties", "additionalProperties":
		default:
			return at + ": the schema's word " + word + " is not tried"
		}
	}
	if types, said := form["type"]; said && !strings.Contains(strings.ReplaceAll(fmt.Sprint(types), "integer", "number"), typeOf(v)) {
		return at + " is no " + fmt.Sprint(types)
	}
	if enum, said := form["enum"].([]any); said && !slices.Contains(enum, v) {
		return at + " is none of those"
	}
	switch v := v.(type) {
	case float64:
		if low, said := form["minimum"].(float64); said && v < low {
			return at + " is too low"
		}
		if high, said := form["maximum"].(float64); said && v > high {
			return at + " is too high"
		}
	case string:
		if p, said := form["pattern"].(string); said && !regexp.MustCompile(p).MatchString(v) {
			return at + " has another form"
		}
		if least, said := form["minLength"].(float64); said && float64(len(v)) < least {
			return at + " is too short"
		}
	case []any:
		if least, said := form["minItems"].(float64); said && float64(len(v)) < least {
			return at + " is too short"
		}
		for i, x := range v {
			if items, said := form["items"].(map[string]any); said {
				if wrong := misfit(items, x, fmt.Sprintf("%s[%d]", at, i)); wrong != "" {
					return wrong
				}
			}
		}
	case map[string]any:
		for key, x := range v {
			under, known := formOf(form, key)
			if !known {
				return at + "." + key + " is unknown"
			}
			if wrong := misfit(under, x, at+"."+key); wrong != "" {
				return wrong
			}
		}
	}
	return ""
}

// formOf is the schema of a property.
func formOf(form map[string]any, key string) (map[string]any, bool) {
	named, _ := form["properties"].(map[string]any)
	if under, ok := named[key]; ok {
		return under.(map[string]any), true
	}
	patterns, _ := form["patternProperties"].(map[string]any)
	for p, under := range patterns {
		if regexp.MustCompile(p).MatchString(key) {
			return under.(map[string]any), true
		}
	}
	under, ok := form["additionalProperties"].(map[string]any)
	return under, ok
}

func typeOf(v any) string {
	switch v.(type) {
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}
