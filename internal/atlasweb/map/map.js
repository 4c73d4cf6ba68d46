// The interactive map: outlines from the server's own tiles, nothing else.
import { Map as View, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';

const box = document.querySelector('[data-map]');
const said = document.querySelector('[data-map-said]');
const list = document.querySelector('[data-map-list]');
const levels = document.querySelector('[data-map-levels]');

const radio = () => levels.querySelector('input:checked');
const layersOf = level => (level === 'commune' ? ['commune', 'commune-odbl'] : [level]);

function colours() {
  const css = getComputedStyle(document.documentElement);
  return name => css.getPropertyValue('--' + name).trim();
}

function style(level) {
  const colour = colours();
  const layers = [{ id: 'sea', type: 'background', paint: { 'background-color': colour('sea') } }];
  const fill = (source, id) => layers.push({
    id: 'fill-' + id, type: 'fill', source: 'bassin', 'source-layer': source,
    paint: {
      'fill-color': ['case', ['boolean', ['feature-state', 'hover'], false], colour('beside'), colour('land')],
      'fill-outline-color': colour('land'),
    },
  });
  const line = (source, paint) => layers.push({
    id: 'line-' + source, type: 'line', source: 'bassin', 'source-layer': source, layout: { 'line-join': 'round' }, paint,
  });
  if (level === 'commune') fill('dep', 'dep-ground');
  for (const l of layersOf(level)) fill(l, l);
  if (level !== 'commune') fill('commune-odbl', 'commune-odbl');
  line('commune-odbl', { 'line-color': colour('in-line'), 'line-width': 0.6 });
  if (level !== 'dep') line(level, { 'line-color': colour('in-line'), 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.4, 10, 1.4] });
  line('dep', { 'line-color': colour('water'), 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.5, 10, 2] });
  return {
    version: 8,
    sources: { bassin: { type: 'vector', tiles: [location.origin + box.dataset.tiles.replace('{level}', level)], maxzoom: 12, minzoom: 0 } },
    layers,
  };
}

function start() {
  setWorkerUrl(new URL(box.dataset.worker, location.href).href);
  box.hidden = false;
  const map = new View({
    container: box, style: style(radio().value), center: [2.4, 46.6], zoom: 4.6, minZoom: 2, maxZoom: 15,
    hash: true, attributionControl: { compact: false, customAttribution: 'IGN · INSEE · © OpenStreetMap contributors' },
    dragRotate: false, pitchWithRotate: false, touchPitch: false, locale: {},
  });
  map.getCanvas().setAttribute('aria-label', box.dataset.label);
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new ScaleControl());
  let hovered = null;

  const under = point => {
    const ids = layersOf(radio().value).concat('commune-odbl').map(l => 'fill-' + l).filter(id => map.getLayer(id));
    return map.queryRenderedFeatures(point, { layers: ids })[0];
  };
  const address = f => {
    const level = f.sourceLayer === 'commune-odbl' ? 'commune' : f.sourceLayer;
    return box.dataset.base.replace(/\/$/, '') + '/' + level + '/' + f.properties.code;
  };
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const say = f => {
    said.textContent = '';
    const a = document.createElement('a');
    a.href = address(f);
    a.textContent = f.properties.name;
    said.append(a);
    if (f.properties.population) {
      said.append(', ' + number.format(f.properties.population) + ' ' + box.dataset.inhabitants);
    }
  };
  const light = f => {
    if (hovered) map.setFeatureState(hovered, { hover: false });
    hovered = f && { source: 'bassin', sourceLayer: f.sourceLayer, id: f.id };
    if (hovered) map.setFeatureState(hovered, { hover: true });
  };
  const follow = point => {
    const f = under(point);
    map.getCanvas().style.cursor = f ? 'pointer' : '';
    light(f);
    if (f) say(f);
    return f;
  };
  map.on('mousemove', e => follow(e.point));
  map.on('mouseout', () => light(null));
  map.on('click', e => {
    const f = under(e.point);
    if (f) location.assign(address(f));
  });
  // The keyboard moves the map; what lies at its centre is said, Enter opens it.
  const centre = () => map.project(map.getCenter());
  map.on('moveend', () => { if (document.activeElement === map.getCanvas()) follow(centre()); });
  map.getCanvas().addEventListener('keydown', e => {
    if (e.key !== 'Enter') return;
    const f = follow(centre());
    if (f) location.assign(address(f));
  });
  levels.addEventListener('change', () => {
    hovered = null;
    map.setStyle(style(radio().value));
    list.href = radio().dataset.list;
    list.textContent = radio().dataset.listText;
    const u = new URL(location.href);
    u.searchParams.set('niveau', radio().value);
    history.replaceState(null, '', u);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => map.setStyle(style(radio().value)));
  map.on('error', e => console.warn(e.error && e.error.message));
  map.once('idle', () => { box.dataset.ready = 'yes'; });
}

try {
  start();
} catch (e) {
  box.hidden = true;
  said.textContent = box.dataset.failed;
  console.warn(e);
}
