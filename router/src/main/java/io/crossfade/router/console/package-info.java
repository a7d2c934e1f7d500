/**
 * Pages for people. They show what the operator API says and do what it does: each action calls the
 * method that answers its twin.
 */
@NullMarked
package io.crossfade.router.console;

import org.jspecify.annotations.NullMarked;
