package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;

/** Keeps of an upload what one of its items was read with. */
interface Surroundings {

  /** An upload of this item alone, which reads as the item did in its own. */
  JsonNode of(Item item);
}
