// Left to itself, the analyzer writes where its output went into package.json.
export default { packagejson: false };
