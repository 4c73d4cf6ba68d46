// The search box as a combobox with a list, after the pattern of the ARIA
// Authoring Practices: arrows move, Enter opens, Escape closes, typing filters.
// What it says comes from the catalogue, by the body of the page.
const words = document.body.dataset

function make(tag, attributes, text) {
  const e = document.createElement(tag)
  for (const k in attributes) e.setAttribute(k, attributes[k])
  if (text) e.textContent = text
  return e
}

function combobox(form) {
  const input = form.querySelector('input[type=search]')
  if (!input) return
  const id = input.id + '-list'
  const list = make('div', { id, role: 'listbox', class: 'suggest', 'aria-label': words.list })
  list.hidden = true
  const live = make('div', { role: 'status', 'aria-live': 'polite', class: 'sr' })
  input.parentElement.append(list, live)
  for (const [k, v] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', id]]) input.setAttribute(k, v)

  let options = []
  let current = -1
  let timer
  let request
  const seen = new Map()

  function close() {
    list.hidden = true
    current = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }

  function select(i) {
    options[current]?.element.setAttribute('aria-selected', 'false')
    current = i
    if (i < 0) return input.removeAttribute('aria-activedescendant')
    const e = options[i].element
    e.setAttribute('aria-selected', 'true')
    input.setAttribute('aria-activedescendant', e.id)
    e.scrollIntoView({ block: 'nearest' })
  }

  // A form that takes an identifier gets it; any other leads to the page.
  function choose(item) {
    const value = form.querySelector('[data-value]')
    if (value) {
      value.value = item.value
      input.value = item.label
      close()
      form.requestSubmit()
    } else {
      location.href = item.href
    }
  }

  function show(groups) {
    list.textContent = ''
    options = []
    for (const g of groups) {
      const name = `${id}-g${options.length}`
      const group = make('div', { role: 'group', 'aria-labelledby': name })
      group.append(make('div', { class: 'group', id: name, role: 'presentation' }, g.label))
      for (const item of g.items) {
        const element = make('div', { role: 'option', id: `${id}-${options.length}`, 'aria-selected': 'false' }, item.label)
        const detail = [item.detail, item.why].filter(Boolean).join(' · ')
        if (detail) element.append(make('span', {}, detail))
        element.addEventListener('pointerdown', e => e.preventDefault())
        element.addEventListener('click', () => choose(item))
        group.append(element)
        options.push({ element, item })
      }
      list.append(group)
    }
    current = -1
    input.removeAttribute('aria-activedescendant')
    list.hidden = options.length === 0
    input.setAttribute('aria-expanded', String(options.length > 0))
    live.textContent = options.length === 0 ? words.none : options.length === 1 ? words.one : words.many.replace('#', options.length)
  }

  async function ask() {
    const q = input.value.trim()
    if (q.length < 2) return close()
    const url = new URL(form.dataset.suggest, location)
    url.searchParams.set('q', q)
    if (form.dataset.levels) url.searchParams.set('levels', form.dataset.levels)
    request?.abort()
    request = new AbortController()
    try {
      let groups = seen.get(url.href)
      if (!groups) {
        const answer = await fetch(url, { signal: request.signal, headers: { Accept: 'application/json' } })
        if (!answer.ok) return close()
        groups = (await answer.json()).groups || []
        if (seen.size > 100) seen.clear()
        seen.set(url.href, groups)
      }
      if (document.activeElement === input && input.value.trim() === q) show(groups)
    } catch {
      // Left for a newer question, or the line is down: the form still works.
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 90)
  })
  input.addEventListener('blur', close)
  input.addEventListener('keydown', e => {
    const open = !list.hidden
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      if (!open) return options.length ? show2() : ask()
      const n = options.length
      select(e.key === 'ArrowDown' ? (current + 1) % n : current <= 0 ? n - 1 : current - 1)
    } else if (e.key === 'Enter' && open && current >= 0) {
      e.preventDefault()
      choose(options[current].item)
    } else if (e.key === 'Escape' && open) {
      e.preventDefault()
      close()
    }
  })

  function show2() {
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    select(0)
  }
}

for (const form of document.querySelectorAll('form[data-suggest]')) combobox(form)
