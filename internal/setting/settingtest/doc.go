// Package settingtest is the contract that every setting.Store keeps. A store's own tests
// call [Run]; nothing but tests imports this package.
package settingtest
