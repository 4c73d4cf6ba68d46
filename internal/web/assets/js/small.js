// The appearance changes at once; the form does the same with a page load.
const theme = document.querySelector('[data-theme-form]')
theme?.addEventListener('submit', async e => {
  const chosen = e.submitter?.value
  if (!chosen) return
  e.preventDefault()
  const body = new URLSearchParams(new FormData(theme))
  body.set('theme', chosen)
  try {
    await fetch(theme.action, { method: 'POST', body, redirect: 'manual' })
  } catch {
    // The choice holds for this page only.
  }
  const root = document.documentElement
  if (chosen === 'auto') delete root.dataset.theme
  else root.dataset.theme = chosen
  document.querySelector('meta[name=color-scheme]').content = chosen === 'auto' ? 'light dark' : chosen
  for (const b of theme.querySelectorAll('button')) b.setAttribute('aria-pressed', String(b.value === chosen))
})

// Errors of a form: the reader starts at their list.
document.querySelector('[data-focus]')?.focus()

// A link to copy: a button that only makes sense with a script.
if (navigator.clipboard) {
  for (const e of document.querySelectorAll('[data-copy]')) {
    e.hidden = false
    const said = e.querySelector('span')
    said.setAttribute('aria-live', 'polite')
    e.addEventListener('click', async () => {
      await navigator.clipboard.writeText(new URL(e.dataset.copy || location.href, location).href)
      said.textContent = e.dataset.copied
    })
  }
}
