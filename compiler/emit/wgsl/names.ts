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
    'alias array asm async atomic await bitcast bool break case catch class const const_assert continue continuing default delete diagnostic discard do ' +
    'else enable enum export extends f16 f32 false fallthrough final fn for friend from function get goto handle i32 if impl import in inline interface ' +
    'let loop macro mat2x2 mat3x3 mat4x4 match mod module move mut mutable namespace new nil null of operator override package pass patch pixelfragment ' +
    'private ptr public ref register regardless require requires resource return sampler select self set shared sizeof smooth static std storage struct super ' +
    'switch target template texture this throw trait true try type typedef typename u32 uniform union unless unorm unsafe unsigned use using var vec2 vec3 ' +
    'vec4 vec5 vec6 virtual void volatile where while with workgroup write yield ' +
    'abs acos all any asin atan atan2 ceil cos cosh dot exp floor log max min pow sign sin sqrt tan trunc ' +
    // What tfjs declares.
    'uniforms result localid localindex globalid numworkgroups workgroupid main isnan isinf nan infinity size outshape outshapestrides _start ' +
    // What kernels declare themselves.
    'parts entry first team place start end power largest smallest signof cbrt roundaway log1p expm1 sinhof tanhof softplus erf xlogx ' +
    'xlogy kl modulo sumof prodof maxof minof anyof allof'
  ).split(' ');
