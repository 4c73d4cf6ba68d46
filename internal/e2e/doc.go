// Package e2e holds the tests of the whole product: the built binary on the
// project's own data, looked at with a real browser and driven as its users and
// installers do. It has no code of its own besides its tests.
package e2e
