/* Draws the place of a search on the map, by mouse, touch and keys. What is drawn is typed into the fields, which
   alone are sent; what is typed is drawn. */
(function () {
  "use strict";

  var ground = document.querySelector("[data-ground]");
  if (!ground) return;
  var METERS_IN_A_DEGREE = 111320;
  var ASPECT = 1.5;
  var UNITS = { mi: 1609.344, ft: 0.3048, m: 1 };
  var LEAST_DRAG = 6;
  var MOST_CORNERS = 100;
  var LEAST_ZOOM = 1 / 16;
  var MOST_ZOOM = 64;
  var SVG = "http://www.w3.org/2000/svg";

  var form = ground.closest("form");
  var draw = ground.querySelector("[data-draw]");
  var shape = ground.querySelector("[data-shape]");
  var marks = ground.querySelector("[data-corners]");
  var said = ground.querySelector("[data-said]");
  var base = {
    latitude: Number(ground.dataset.latitude),
    longitude: Number(ground.dataset.longitude),
    width: Number(ground.dataset.width)
  };
  var shrink = Math.cos(base.latitude * Math.PI / 180);
  var view = { x: 50, y: 50, zoom: 1 };
  var cross = { x: 50, y: 50 };
  var pressed = null;

  function field(name) { return form.elements[name]; }
  function kind() { return field("place").value; }

  function choose(name) {
    Array.from(field("place")).forEach(function (radio) { radio.checked = radio.value === name; });
  }

  /* Places: degrees, percent of the whole map, percent of what is seen of it. */
  function toWhole(place) {
    return {
      x: 50 + (place.longitude - base.longitude) * METERS_IN_A_DEGREE * shrink / base.width * 100,
      y: 50 - (place.latitude - base.latitude) * METERS_IN_A_DEGREE / (base.width / ASPECT) * 100
    };
  }

  function toDegrees(at) {
    return {
      latitude: base.latitude - (at.y - 50) / 100 * (base.width / ASPECT) / METERS_IN_A_DEGREE,
      longitude: base.longitude + (at.x - 50) / 100 * base.width / METERS_IN_A_DEGREE / shrink
    };
  }

  function toSeen(at) {
    return { x: 50 + (at.x - view.x) * view.zoom, y: 50 + (at.y - view.y) * view.zoom };
  }

  function toMap(seen) {
    return { x: view.x + (seen.x - 50) / view.zoom, y: view.y + (seen.y - 50) / view.zoom };
  }

  function under(event) {
    var box = draw.getBoundingClientRect();
    return toMap({ x: (event.clientX - box.left) / box.width * 100, y: (event.clientY - box.top) / box.height * 100 });
  }

  function meters(one, other) {
    return Math.hypot((one.x - other.x) / 100 * base.width, (one.y - other.y) / 100 * base.width / ASPECT);
  }

  /* What the fields say. */
  function circle() {
    var texts = ["latitude", "longitude", "radius"].map(function (name) { return field(name).value.trim(); });
    if (texts.some(function (text) { return text === "" || isNaN(Number(text)); })) return null;
    return {
      latitude: Number(texts[0]), longitude: Number(texts[1]), meters: Number(texts[2]) * (UNITS[field("unit").value] || 1)
    };
  }

  function corners() {
    return field("area").value.split(/[\n;]/).map(function (line) {
      return line.trim().split(/[,\s]+/).map(Number);
    }).filter(function (pair) {
      return pair.length === 2 && !isNaN(pair[0]) && !isNaN(pair[1]);
    }).map(function (pair) { return { latitude: pair[0], longitude: pair[1] }; });
  }

  function outline() {
    if (kind() === "area") return corners();
    var asked = kind() === "circle" ? circle() : null;
    if (!asked) return [];
    var high = asked.meters / METERS_IN_A_DEGREE;
    return Array.from({ length: 48 }, function (_, at) {
      var turn = at / 48 * 2 * Math.PI;
      return {
        latitude: asked.latitude + high * Math.sin(turn),
        longitude: asked.longitude + high / Math.cos(asked.latitude * Math.PI / 180) * Math.cos(turn)
      };
    });
  }

  /* Typing what was drawn. */
  function type(name, value) {
    field(name).value = value;
    field(name).dispatchEvent(new Event("input", { bubbles: true }));
  }

  function typeMiddle(place) {
    type("latitude", place.latitude.toFixed(6));
    type("longitude", place.longitude.toFixed(6));
    if (!field("radius").value.trim()) type("radius", "0.25");
  }

  function typeRadius(far) {
    var number = far / (UNITS[field("unit").value] || 1);
    type("radius", number >= 100 ? number.toFixed(0) : number.toFixed(2));
  }

  function typeCorners(places) {
    type("area", places.map(function (place) {
      return place.latitude.toFixed(6) + ", " + place.longitude.toFixed(6);
    }).join("\n"));
  }

  function addCorner(at) {
    var places = corners();
    if (places.length < MOST_CORNERS) typeCorners(places.concat([toDegrees(at)]));
  }

  /* Showing it. */
  function put(node, at) {
    var seen = toSeen(at);
    node.setAttribute("x", seen.x.toFixed(2) + "%");
    node.setAttribute("y", seen.y.toFixed(2) + "%");
  }

  function mark(name, className, attributes, at) {
    var place = document.createElementNS(SVG, "svg");
    var drawn = document.createElementNS(SVG, name);
    place.setAttribute("overflow", "visible");
    drawn.setAttribute("class", className);
    Object.keys(attributes).forEach(function (key) { drawn.setAttribute(key, attributes[key]); });
    place.appendChild(drawn);
    put(place, at);
    marks.appendChild(place);
  }

  function sentence() {
    var asked = circle();
    if (kind() === "circle" && asked) {
      return field("radius").value + " " + field("unit").selectedOptions[0].text + " around " +
        asked.latitude.toFixed(4) + ", " + asked.longitude.toFixed(4) + ".";
    }
    if (kind() !== "area") return "";
    var count = corners().length;
    return count + (count === 1 ? " corner" : " corners") + (count < 3 ? "; an area needs three." : ".");
  }

  function show() {
    shape.setAttribute("points", outline().map(function (place) {
      var seen = toSeen(toWhole(place));
      return seen.x.toFixed(2) + "," + seen.y.toFixed(2);
    }).join(" "));
    ground.querySelectorAll("[data-x]").forEach(function (point) {
      put(point, { x: Number(point.dataset.x), y: Number(point.dataset.y) });
    });
    marks.textContent = "";
    if (kind() === "area") {
      corners().forEach(function (place) { mark("circle", "ground__corner", { r: 6 }, toWhole(place)); });
    }
    if (document.activeElement === draw) mark("path", "ground__cross", { d: "M-14 0H14M0-14V14" }, cross);
    var words = sentence();
    if (said.textContent !== words) said.textContent = words;
    form.querySelectorAll("[data-place]").forEach(function (part) {
      part.hidden = part.dataset.place !== kind() && !part.querySelector(".field--wrong");
    });
    ground.querySelector("[data-undo]").hidden = kind() !== "area";
    ground.querySelector("[data-clear]").hidden = kind() === "";
  }

  function scale() {
    var wide = base.width / view.zoom;
    ground.querySelectorAll("[data-bar]").forEach(function (bar) {
      var text = bar.querySelector("text");
      var unit = text.textContent.split(" ")[1];
      var long = unit === "mi" ? UNITS.mi : 1000;
      var longest = wide * 0.3 / long;
      var power = Math.pow(10, Math.floor(Math.log10(longest)));
      var nice = [1, 2, 5].map(function (step) { return step * power; }).filter(function (length) { return length <= longest; }).pop();
      bar.querySelector("rect").setAttribute("width", (nice * long / wide * 100).toFixed(2) + "%");
      text.setAttribute("x", (nice * long / wide * 100).toFixed(2) + "%");
      text.textContent = Number(nice.toPrecision(1)) + " " + unit;
    });
  }

  /* A place that was asked before may reach beyond the cameras: step back until it is seen. */
  function stepBack() {
    var far = outline().map(toWhole).reduce(function (most, at) {
      return Math.max(most, Math.abs(at.x - 50), Math.abs(at.y - 50));
    }, 50);
    view.zoom = Math.max(LEAST_ZOOM, 50 / far);
    if (view.zoom < 1) view.zoom *= 0.9;
    scale();
  }

  function zoom(factor) {
    var places = outline().map(toWhole);
    view.zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.zoom * factor));
    if (view.zoom <= 1) {
      view.x = view.y = 50;
    } else if (places.length) {
      view.x = places.reduce(function (sum, at) { return sum + at.x; }, 0) / places.length;
      view.y = places.reduce(function (sum, at) { return sum + at.y; }, 0) / places.length;
    } else {
      view.x = cross.x;
      view.y = cross.y;
    }
    scale();
    show();
  }

  /* Mouse and touch. */
  draw.addEventListener("pointerdown", function (event) {
    if (event.button) return;
    if (kind() === "") choose("circle");
    pressed = { at: under(event), x: event.clientX, y: event.clientY, drags: false };
    cross = pressed.at;
    draw.setPointerCapture(event.pointerId);
    if (kind() === "circle") typeMiddle(toDegrees(pressed.at));
  });

  draw.addEventListener("pointermove", function (event) {
    if (!pressed || kind() !== "circle") return;
    pressed.drags = pressed.drags || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > LEAST_DRAG;
    if (pressed.drags) typeRadius(Math.max(1, meters(pressed.at, under(event))));
  });

  draw.addEventListener("pointerup", function () {
    if (pressed && kind() === "area") addCorner(pressed.at);
    pressed = null;
  });
  draw.addEventListener("pointercancel", function () { pressed = null; });

  /* Keys. */
  var STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function far(factor) {
    var asked = circle();
    if (kind() === "circle" && asked) typeRadius(Math.max(1, asked.meters * factor));
  }

  function step(by, fine) {
    var length = (fine ? 0.4 : 2) / view.zoom;
    cross = { x: cross.x + by[0] * length, y: cross.y + by[1] * length };
    if (kind() === "") choose("circle");
    if (kind() === "circle") typeMiddle(toDegrees(cross)); else show();
  }

  function press(key, event) {
    if (STEPS[key]) step(STEPS[key], event.shiftKey);
    else if (key === "Enter" && kind() === "area") addCorner(cross);
    else if (key === "Backspace" && kind() === "area") typeCorners(corners().slice(0, -1));
    else if (key === "+" || key === "=") far(1.25);
    else if (key === "-") far(0.8);
    else return false;
    return true;
  }

  draw.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key, event)) event.preventDefault();
  });
  draw.addEventListener("focus", show);
  draw.addEventListener("blur", show);

  /* Buttons and fields. */
  ground.querySelector("[data-tools]").addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.zoom) zoom(Number(button.dataset.zoom));
    if (button.hasAttribute("data-undo")) typeCorners(corners().slice(0, -1));
    if (button.hasAttribute("data-clear")) {
      ["latitude", "longitude", "radius", "area"].forEach(function (name) { type(name, ""); });
      choose("");
      show();
    }
  });
  form.addEventListener("input", show);
  form.addEventListener("change", show);

  draw.classList.add("is-drawable");
  draw.tabIndex = 0;
  draw.setAttribute("role", "application");
  draw.setAttribute("aria-label", "Map to draw the place on");
  draw.setAttribute("aria-describedby", "draw-hint");
  ground.querySelector("[data-tools]").hidden = false;
  document.querySelector("[data-hint]").hidden = false;
  stepBack();
  show();
})();
