/* What an element stands in, a message or a view: its values, and the way from there to the app. */

/**
 * A surface is {directory, state, press(blockId, actionId, value), options(blockId, actionId, query), changed(blockId),
 * failed(text)}. `where()` names the place for the server; `more` holds what this surface does otherwise.
 */
export function surfaceOf({ act, directory }, state, where, more) {
  const at = (blockId, actionId) => ({ ...where(), block_id: blockId, action_id: actionId });
  return {
    directory,
    state,
    press: (blockId, actionId, value) =>
      act("press", { ...at(blockId, actionId), ...(value === undefined ? {} : { value }) }),
    options: (blockId, actionId, query) => act("options", { ...at(blockId, actionId), query }),
    changed: () => undefined,
    ...more,
  };
}
