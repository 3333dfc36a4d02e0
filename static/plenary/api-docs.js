// Shows the OpenAPI description on the page of the API. Nothing is asked of any other site: no validator.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("api");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.openapi,
    validatorUrl: null,
    deepLinking: false,
    defaultModelsExpandDepth: 0,
    supportedSubmitMethods: ["get"],
    onComplete: () => {
      // The page has a title of its own, below which the headings are in order.
      place.querySelector(".info .title")?.setAttribute("aria-level", "2");
      const about = place.querySelector(".information-container");
      about?.setAttribute("role", "region");
      about?.setAttribute("aria-label", document.title);
    },
  });
});
