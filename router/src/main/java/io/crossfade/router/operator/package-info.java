/** Who may look and who may change: accounts, access, and the form of every refusal. */
@NullMarked
package io.crossfade.router.operator;

import org.jspecify.annotations.NullMarked;
