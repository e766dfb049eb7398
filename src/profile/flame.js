// SPDX-License-Identifier: GPL-3.0-or-later
// Zoom and search of a flame graph: put into SVG and HTML files as it stands. Frames are groups with
// the data x and w (shares of the whole, 0..1) and d (row).
"use strict";
(function () {
	const svg = document.currentScript ? document.currentScript.closest("svg") || document.querySelector("svg")
		: document.querySelector("svg");
	const frames = Array.from(svg.querySelectorAll("g.f"));
	const box = svg.viewBox.baseVal, pad = 10, width = box.width - 2 * pad, letter = 6.6;
	const details = svg.querySelector("#details"), found = svg.querySelector("#found");
	const reset = svg.querySelector("#reset"), search = svg.querySelector("#search");
	let pattern = null;

	for (const g of frames) {
		g.x = +g.dataset.x; g.w = +g.dataset.w; g.d = +g.dataset.d;
		g.rect = g.querySelector("rect"); g.label = g.querySelector("text");
		g.full = g.querySelector("title").textContent;
		g.name = g.dataset.n;
	}

	function place(g, x, w, faded) {
		const px = pad + Math.max(0, x) * width, end = pad + Math.min(1, x + w) * width;
		const n = Math.floor((end - px - 4) / letter);
		g.style.display = end - px < 0.1 ? "none" : "";
		g.rect.setAttribute("x", px.toFixed(2));
		g.rect.setAttribute("width", Math.max(0, end - px).toFixed(2));
		g.style.opacity = faded ? 0.5 : 1;
		g.label.setAttribute("x", (px + 3).toFixed(2));
		g.label.textContent = n < 3 ? "" : g.name.length <= n ? g.name : g.name.slice(0, n - 1) + "\u2026";
	}

	function zoom(to) {
		for (const g of frames) {
			const x = (g.x - to.x) / to.w, w = g.w / to.w;
			if (x + w <= 1e-9 || x >= 1 - 1e-9)
				g.style.display = "none";
			else
				place(g, x, w, g.d < to.d);
		}
		reset.style.display = to.d > 0 ? "" : "none";
	}

	// Share of stacks with a match: what stands on a match is not counted again.
	function mark() {
		let share = 0, end = -1;
		const hits = frames.filter(g => {
			const hit = pattern !== null && pattern.test(g.name);
			g.rect.classList.toggle("hit", hit);
			return hit;
		});
		hits.sort((a, b) => a.x - b.x || a.d - b.d);
		for (const g of hits)
			if (g.x + 1e-12 >= end) {
				share += g.w;
				end = g.x + g.w;
			}
		found.textContent = pattern === null ? "" : "matched " + (100 * share).toFixed(1) + " %";
	}

	function ask() {
		const text = pattern === null ? prompt("Search (regular expression):", "") : "";
		if (text === null)
			return;
		try {
			pattern = text ? new RegExp(text) : null;
		} catch (e) {
			found.textContent = e.message;
			return;
		}
		search.textContent = pattern === null ? "Search" : "Clear search";
		mark();
	}

	svg.addEventListener("click", e => {
		const g = e.target.closest("g.f");
		if (g)
			zoom(g);
		else if (e.target === reset)
			zoom({x: 0, w: 1, d: 0});
		else if (e.target === search)
			ask();
	});
	svg.addEventListener("mouseover", e => {
		const g = e.target.closest("g.f");
		details.textContent = g ? g.full : "";
	});
	window.addEventListener("keydown", e => {
		if (e.key === "/" || ((e.ctrlKey || e.metaKey) && e.key === "f")) {
			e.preventDefault();
			ask();
		} else if (e.key === "Escape") {
			zoom({x: 0, w: 1, d: 0});
		}
	});
	reset.style.display = "none";
})();
