// Names in a kernel: never a word of WGSL, nor one that tfjs declares around it. Two names differ in more than case, since tfjs makes fields of them.

export interface WgslNames {
  readonly fresh: (wish: string) => string;
}

export function wgslNames(): WgslNames {
  const used = new Set(taken);
  return {
    fresh: (wish) => {
      const cleaned = wish.replace(/[^A-Za-z0-9_]/g, '').replace(/^_+|_+$/g, '');
      const base = /^[A-Za-z]/.test(cleaned) ? cleaned : `v${cleaned}`;
      const joint = /\d$/.test(base) ? '_' : '';
      let name = base;
      for (let k = 2; used.has(name.toLowerCase()); k++) name = `${base}${joint}${k}`;
      used.add(name.toLowerCase());
      return name;
    },
  };
}

const taken: readonly string[] =
  // Words of the language, kept for it or in use; functions that kernels call.
  (
    'null self abstract active alias alignas alignof array as asm asm_fragment async atomic attribute auto await become binding_array bitcast bool break ' +
    'case cast catch class co_await co_return co_yield coherent column_major common compile compile_fragment concept const const_assert const_cast ' +
    'consteval constexpr constinit continue continuing crate debugger decltype default delete demote demote_to_helper diagnostic discard do dynamic_cast ' +
    'else enable enum explicit export extends extern external f16 f32 fallthrough false filter final finally fn for friend from fxgroup get goto ' +
    'groupshared highp i32 if impl implements import inline instanceof interface layout let loop lowp macro macro_rules match mediump meta mod module move ' +
    'mut mutable namespace new nil noexcept noinline nointerpolation non_coherent noncoherent noperspective nullptr of operator override package ' +
    'packoffset partial pass patch pixelfragment precise precision premerge priv protected ptr pub public readonly ref regardless register ' +
    'reinterpret_cast require requires resource restrict return sampler set shared sizeof smooth snorm static static_assert static_cast std storage struct ' +
    'subroutine super switch target template texture this thread_local throw trait true try type typedef typeid typename typeof u32 uniform union unless ' +
    'unorm unsafe unsigned use using var varying vec2 vec3 vec4 vec5 vec6 virtual void volatile wgsl where while with workgroup write writeonly yield ' +
    'function private abs acos all any asin atan atan2 ceil cos cosh dot exp floor log max min pow sign sin sqrt tan trunc workgroupbarrier ' +
    // What tfjs declares.
    'd0 d1 d2 d3 d4 d5 coords coord coordindex index index2 globalindex flatindex shape shapestrides stride value val component ' +
    'floattouint outcoords uniforms result localid localindex globalid numworkgroups workgroupid main isnan isinf nan infinity size outshape outshapestrides _start ' +
    // What kernels declare themselves.
    'parts entry first team place start end power largest smallest signof cbrt roundaway log1p expm1 sinhof tanhof softplus erf xlogx ' +
    'xlogy kl modulo sumof prodof maxof minof anyof allof'
  ).split(' ');
