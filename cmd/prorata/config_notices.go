package main

import (
	"fmt"
	"net/url"
	"strings"

	"prorata/jobs"
)

// webhook is where notices go: a secret, said by the environment or a file and
// never shown. Empty is nowhere.
func (cfg *config) webhook(c *console) (string, error) {
	at, where := c.env(secretURL), secretURL
	if file := cfg.path("notices.url_file"); at == "" && file != "" {
		body, err := readBounded(file)
		if err != nil {
			return "", usageError{fmt.Sprintf("notices.url_file: %v", err)}
		}
		at, where = strings.TrimSpace(string(body)), file
	}
	if at == "" {
		return "", nil
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return "", usageError{where + " holds no address that begins with https://"}
	}
	return at, nil
}

// tells is who tells people, as it is configured.
func (cfg *config) tells(c *console) (*jobs.Notices, error) {
	at, err := cfg.webhook(c)
	return &jobs.Notices{Ledger: cfg.path("ledger"), URL: at, On: cfg.notices, Now: c.now, Wait: wait, Log: c.log}, err
}
