// Package browsertest gives tests a real Chromium: one headless browser per test
// binary, a fresh private context for each page, what the page asked for and
// complained of, and axe-core. Only tests and the screenshots import it. A missing
// Chromium fails the test that needs it, it never skips.
package browsertest
