/** The element's name. */
export declare const TAG = "clinical-embed";
/** Defines the element, unless a copy of this package already has. Does nothing on a server. */
export declare function register(): void;
